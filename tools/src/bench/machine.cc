#include "tools/src/bench/machine.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/src/bench/baselines.h"

namespace eagre::bench {

Machine measure_machine(bool quick) {
  const std::uint64_t shrink = quick ? 100 : 1;
  const auto rate = [&](const auto& run) {
    double best = 0;
    for (int i = 0; i < (quick ? 1 : 3); ++i) {
      const Baseline loop = run();
      best = std::max(best, static_cast<double>(loop.count) / loop.seconds);
    }
    return best;
  };
  Machine machine;
  machine.copied_bytes = rate([&] { return copy_bytes(2'000'000'000 / shrink); });
  machine.ring_items = rate([&] { return spsc_ring(50'000'000 / shrink); });
  machine.hop_ns = 1e9 / (2 * rate([&] { return ping_pong(500'000 / shrink); }));
  machine.map_records = rate([&] { return map_loop(10'000'000 / shrink, 1'000'000); });
  // It counts the even ones.
  machine.one_pass_records = 2 * rate([&] { return one_pass(100'000'000 / shrink, 1); });
  machine.tcp_bytes = rate([&] { return tcp_bytes(1'000'000'000 / shrink, false); });
  machine.tcp_both_ways = rate([&] { return tcp_bytes(500'000'000 / shrink, true); });
  machine.tcp_blocking_us = 1e6 / rate([&] { return tcp_round_trips(20'000 / shrink, false); });
  machine.tcp_spinning_us = 1e6 / rate([&] { return tcp_round_trips(50'000 / shrink, true); });
  return machine;
}

std::string to_json(const Machine& machine) {
  return nlohmann::ordered_json({{"workload", "machine"},
                                 {"workers", 1},
                                 {"processes", 1},
                                 {"copied_bytes_s", machine.copied_bytes},
                                 {"ring_items_s", machine.ring_items},
                                 {"hop_ns", machine.hop_ns},
                                 {"map_records_s", machine.map_records},
                                 {"one_pass_records_s", machine.one_pass_records},
                                 {"tcp_bytes_s", machine.tcp_bytes},
                                 {"tcp_both_ways_bytes_s", machine.tcp_both_ways},
                                 {"tcp_blocking_us", machine.tcp_blocking_us},
                                 {"tcp_spinning_us", machine.tcp_spinning_us}})
      .dump();
}

std::string to_line(const Machine& machine) {
  return fmt::format(
      "machine: copies {:.1f} GB/s, ring {:.0f} M/s, hop {:.0f} ns, std map loop {:.1f} M/s, one "
      "pass {:.0f} M/s\n"
      "TCP over loopback: {:.1f} GB/s, both ways {:.1f} GB/s, round trip {:.1f} us blocking, "
      "{:.1f} "
      "us spinning",
      machine.copied_bytes / 1e9, machine.ring_items / 1e6, machine.hop_ns,
      machine.map_records / 1e6, machine.one_pass_records / 1e6, machine.tcp_bytes / 1e9,
      machine.tcp_both_ways / 1e9, machine.tcp_blocking_us, machine.tcp_spinning_us);
}

}  // namespace eagre::bench
