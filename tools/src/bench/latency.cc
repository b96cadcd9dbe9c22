#include <chrono>
#include <vector>

#include "tools/src/bench/fleet.h"
#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace eagre::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

std::uint64_t same(const std::uint64_t& x) {
  return x;
}

// Five operators with an exchange in the middle.
Stream<std::uint64_t> five(const Stream<std::uint64_t>& stream) {
  const auto next = [](const std::uint64_t& x) { return x + 1; };
  return stream.map(next).map(next).exchange(same).map(next).map(next).map(next);
}

// One record an epoch; the next one is sent when the last one is through.
base::Result<Sample> epoch_latency(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t epochs = (place().processes > 1 ? 20'000 : 100'000) / shrink;
  std::vector<double> latencies;
  latencies.reserve(epochs);
  base::Result<Sample> sample = run_timed(workers, epochs, [&](Scope& scope) {
    auto input = scope.new_input<std::uint64_t>("input");
    const Probe probe = five(input.stream()).probe();
    scope.drive([=, &latencies]() mutable {
      for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
        const auto start = Clock::now();
        input.send(epoch);
        input.advance_to(epoch + 1);
        probe.wait_until(epoch + 1);
        latencies.push_back(Microseconds(Clock::now() - start).count());
      }
    });
  });
  if (sample.ok()) {
    sample.value().latencies = std::move(latencies);
  }
  return sample;
}

// `rate` records a second, each due at its own instant, whether the last one is through or not.
// What is due is sent in one epoch; a record's latency runs from the instant at which it was due
// to the one at which its epoch was seen complete.
base::Result<Sample> open_loop(std::uint32_t workers, std::uint64_t records, double rate) {
  std::vector<double> latencies;
  latencies.reserve(records);
  base::Result<Sample> sample = run_timed(workers, records, [&](Scope& scope) {
    auto input = scope.new_input<std::uint64_t>("input");
    const Probe probe = five(input.stream()).probe();
    scope.drive([=, &latencies]() mutable {
      // The first record of each epoch that is not complete yet, by epoch.
      std::vector<std::uint64_t> first_of = {0};
      std::uint64_t sent = 0;
      std::uint64_t complete = 0;
      const auto start = Clock::now();
      const auto due = [&](std::uint64_t i) {
        return std::chrono::duration<double>(static_cast<double>(i) / rate);
      };
      while (latencies.size() < records) {
        const std::chrono::duration<double> now = Clock::now() - start;
        const auto until =
            std::min(records, static_cast<std::uint64_t>(std::max(0.0, now.count()) * rate) + 1);
        if (sent < until) {
          for (; sent < until; ++sent) {
            input.send(sent);
          }
          first_of.push_back(sent);
          input.advance_to(first_of.size() - 1);
        }
        while (complete + 1 < first_of.size() && !probe.less_equal(Time{complete})) {
          const std::chrono::duration<double> seen = Clock::now() - start;
          for (std::uint64_t i = first_of[complete]; i < first_of[complete + 1]; ++i) {
            latencies.push_back(Microseconds(seen - due(i)).count());
          }
          ++complete;
        }
      }
    });
  });
  if (sample.ok()) {
    sample.value().latencies = std::move(latencies);
  }
  return sample;
}

Sample hops(std::uint32_t, std::uint64_t shrink) {
  const Baseline loop = ping_pong(1'000'000 / shrink);
  return {loop.count * 2, loop.seconds};
}

}  // namespace

std::vector<Workload> latency_workloads() {
  return {{"epoch_latency", Ratio::time, epoch_latency, hops, round_trips},
          {"open_loop_100k", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return open_loop(workers, 300'000 / shrink, 100'000);
           },
           hops},
          {"open_loop_1m", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return open_loop(workers, 3'000'000 / shrink, 1'000'000);
           },
           hops}};
}

}  // namespace eagre::bench
