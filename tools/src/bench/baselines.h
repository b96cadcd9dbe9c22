// What the machine can do when nothing is in the way: hand-written loops that the workloads are
// compared with, measured in the same run by the same program with the same flags. Fixed code:
// a change here changes what every past ratio meant.
#pragma once

#include <cstdint>
#include <vector>

namespace eagre::bench {

// Seconds that a loop took, and what it computed (compared with the workload's own result).
struct Baseline {
  double seconds = 0;
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
};

// Numbers 0..n-1, a share for each thread: plus one, keep the even, times three, count and sum; the
// fastest of a scalar loop, a branchless one that the compiler vectorises, and one that takes stage
// after stage over blocks of 1,024.
Baseline one_pass(std::uint64_t n, std::uint32_t threads);
// n keys splitmix64(i) mod `keys`: std::unordered_map, default hash, no reserve, keys generated in
// the loop, sum += ++map[key].
Baseline map_loop(std::uint64_t n, std::uint64_t keys);
// The same of given keys.
Baseline map_loop(const std::vector<std::uint64_t>& keys);
// n keys splitmix64(i) mod `keys` in `epochs` equal epochs: a std::unordered_set an epoch; counts
// what is new in its epoch.
Baseline set_loop(std::uint64_t n, std::uint64_t keys, std::uint64_t epochs);
// n numbered events of kPaneKeys keys, `density` of them a unit of time: in arrays of a fold for
// each key, one array for each kPaneSlide units, and of each window of kPaneRange units the fold of
// its arrays for each key that has any. Counts and adds up those folds.
enum class PaneFold : unsigned char { sum, max };
inline constexpr std::uint64_t kPaneKeys = 1000;
inline constexpr std::uint64_t kPaneRange = 1000;
inline constexpr std::uint64_t kPaneSlide = 100;
Baseline panes_loop(std::uint64_t n, std::uint64_t density, PaneFold fold);
// What an event adds: from 1 on. `drawn`: splitmix64 of its number, which also gives its key.
constexpr std::uint64_t pane_input(std::uint64_t drawn) {
  return (drawn >> 40) % 1024 + 1;
}
// n numbers from one thread to another through a single-producer single-consumer ring.
Baseline spsc_ring(std::uint64_t n);
// n round trips of an atomic between two threads; a hop is half a round trip.
Baseline ping_pong(std::uint64_t n);
// n bytes through a TCP connection over loopback, in blocks of 64 KiB; with `both_ways`, as many in
// the other direction at the same time, which are counted too.
Baseline tcp_bytes(std::uint64_t n, bool both_ways);
// n round trips of one byte over such a connection, by threads that wait for it in the kernel, or
// that look again and again.
Baseline tcp_round_trips(std::uint64_t n, bool spinning);
// n bytes copied, in blocks of 64 MiB.
Baseline copy_bytes(std::uint64_t n);

std::uint64_t splitmix64(std::uint64_t x);

}  // namespace eagre::bench
