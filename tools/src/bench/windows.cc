// Windows of event time. Records come in order, so that baselines can be loops over arrays.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace eagre::bench {
namespace {

constexpr std::uint64_t kRecords = 20'000'000;
constexpr std::uint64_t kEpochs = 100;

struct Event {
  std::uint64_t key = 0;
  std::int64_t at = 0;
  std::uint64_t value = 0;
};
using EventPane = Pane<std::uint64_t, std::uint64_t>;

constexpr auto key_of = [](const Event& event) { return event.key; };
constexpr auto time_of = [](const Event& event) { return event.at; };
constexpr auto value_of = [](const Event& event) { return event.value; };
constexpr auto pane_value = [](const EventPane& pane) { return pane.value; };

// Events i in [0, n) of `keys` keys, `density` of them a unit of event time.
EventTimed<Event> events(const Scope& scope, std::uint64_t n, std::uint64_t keys,
                         std::uint64_t density) {
  return numbered<Event>(scope, n, kEpochs,
                         [=](std::uint64_t i) {
                           const std::uint64_t drawn = splitmix64(i);
                           return Event{drawn % keys, static_cast<std::int64_t>(i / density),
                                        pane_input(drawn)};
                         })
      .assign_event_time(time_of);
}

Workload sliding(const std::string& name, std::uint64_t density, PaneFold fold) {
  const auto loop = [=](std::uint64_t shrink) {
    return panes_loop(kRecords / shrink, density, fold);
  };
  return {name, Ratio::rate,
          [=](std::uint32_t workers, std::uint64_t shrink) {
            const std::uint64_t n = kRecords / shrink;
            const Baseline expected = loop(shrink);
            auto totals = std::make_shared<Totals>();
            return checked(run_timed(workers, n,
                                     [&](Scope& scope) {
                                       const auto windows =
                                           events(scope, n, kPaneKeys, density)
                                               .on_time.key_by(key_of)
                                               .window(time_of, Sliding{kPaneRange, kPaneSlide});
                                       if (fold == PaneFold::sum) {
                                         add_up(windows.sum(value_of), totals, pane_value);
                                       } else {
                                         add_up(windows.max(value_of), totals, pane_value);
                                       }
                                     }),
                           *totals, expected.count, expected.sum);
          },
          [=](std::uint32_t, std::uint64_t shrink) {
            return Sample{kRecords / shrink, loop(shrink).seconds};
          }};
}

base::Result<Sample> sessions(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = kRecords / shrink;
  const std::uint64_t keys = 1'000'000 / shrink;
  // A key comes once in so many units, on average.
  constexpr std::uint64_t kGap = 1000;
  const std::uint64_t density = keys / kGap;
  std::vector<std::uint64_t> last(keys);
  std::uint64_t different = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    std::uint64_t& at = last[splitmix64(i) % keys];
    const std::uint64_t now = 1 + i / density;
    different += at == 0 || now - at >= kGap ? 1 : 0;
    at = now;
  }
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             add_up(events(scope, n, keys, density)
                                        .on_time.key_by(key_of)
                                        .window(time_of, Session{static_cast<std::int64_t>(kGap)})
                                        .count(),
                                    totals, pane_value);
                           }),
                 *totals, different, n);
}

}  // namespace

std::vector<Workload> window_workloads() {
  return {sliding("sliding_sum", 1000, PaneFold::sum),
          sliding("sliding_sum_mid", 100, PaneFold::sum),
          sliding("sliding_max", 1000, PaneFold::max),
          sliding("sliding_max_mid", 100, PaneFold::max),
          {"sessions", Ratio::rate, sessions, [](std::uint32_t, std::uint64_t shrink) {
             return sample_of(map_loop(kRecords / shrink, 1'000'000 / shrink));
           }}};
}

}  // namespace eagre::bench
