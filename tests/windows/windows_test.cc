// Windows of event time against the same computed from scratch: for all numbers of workers, batch
// sizes, budgets and orders of events.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "tests/windows/readings.h"

namespace eagre {
namespace {

using api::Scope;
using api::Session;
using api::Sliding;
using api::Tumbling;
using testing::always_gives;
using testing::by_epoch;
using testing::panes;
using testing::random_readings;
using testing::Reading;
using testing::ReadingEpochs;
using testing::rows;
using testing::sensor_of;
using testing::sessions;
using testing::split;
using testing::sum_of;
using testing::time_of;
using testing::value_of;

TEST_CASE("tumbling windows hold what is in them, whatever the order of records") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    base::Random random(seed);
    const auto size = static_cast<std::int64_t>(1 + random.below(20));
    const auto offset = static_cast<std::int64_t>(random.below(40)) - 20;
    const auto bound = static_cast<std::int64_t>(random.below(12));
    const ReadingEpochs epochs = random_readings(random, 5, 10);
    CAPTURE(seed, size, offset, bound);
    always_gives(
        [&](Scope& scope) {
          return rows(by_epoch(scope, epochs)
                          .assign_event_time(time_of, {.bound = bound})
                          .on_time.key_by(sensor_of)
                          .window(time_of, Tumbling{size, offset})
                          .sum(value_of));
        },
        panes<std::int64_t>(split(epochs, bound).on_time, size, size, offset, sum_of), 1);
  }
}

TEST_CASE("sliding windows hold what is in them, at any slide") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    base::Random random(seed);
    const auto size = static_cast<std::int64_t>(1 + random.below(20));
    const auto slide = static_cast<std::int64_t>(1 + random.below(25));
    const auto offset = static_cast<std::int64_t>(random.below(40)) - 20;
    const auto bound = static_cast<std::int64_t>(random.below(12));
    const ReadingEpochs epochs = random_readings(random, 5, 10);
    CAPTURE(seed, size, slide, offset, bound);
    always_gives(
        [&](Scope& scope) {
          return rows(by_epoch(scope, epochs)
                          .assign_event_time(time_of, {.bound = bound})
                          .on_time.key_by(sensor_of)
                          .window(time_of, Sliding{size, slide, offset})
                          .max(value_of));
        },
        panes<std::int64_t>(split(epochs, bound).on_time, size, slide, offset,
                            [](const std::vector<Reading>& readings) {
                              std::int64_t most = 0;
                              for (const Reading& reading : readings) {
                                most = std::max(most, reading.value);
                              }
                              return most;
                            }),
        1);
  }
}

TEST_CASE("sessions hold what comes without a pause, whatever the order of records") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    base::Random random(seed);
    const auto gap = static_cast<std::int64_t>(1 + random.below(9));
    const auto bound = static_cast<std::int64_t>(random.below(12));
    const ReadingEpochs epochs = random_readings(random, 5, 10);
    CAPTURE(seed, gap, bound);
    always_gives(
        [&](Scope& scope) {
          return rows(by_epoch(scope, epochs)
                          .assign_event_time(time_of, {.bound = bound})
                          .on_time.key_by(sensor_of)
                          .window(time_of, Session{gap})
                          .sum(value_of));
        },
        sessions<std::int64_t>(split(epochs, bound).on_time, gap, sum_of), 1);
  }
}

TEST_CASE("windows at the bounds of event time hold what is in them") {
  const std::int64_t first = std::numeric_limits<std::int64_t>::min();
  const std::int64_t last = std::numeric_limits<std::int64_t>::max();
  const ReadingEpochs epochs = {{{1, first, 1}, {1, first + 1, 2}},
                                {{1, 0, 4}, {1, -1, 8}},
                                {{1, last, 16}, {1, last - 1, 32}}};
  // How many panes there are, and the sum of all.
  using Seen = std::pair<std::uint64_t, std::int64_t>;
  const auto see = [&](auto shape) {
    return [&epochs, shape](Scope& scope) {
      auto seen = std::make_shared<Seen>();
      by_epoch(scope, epochs)
          .assign_event_time(time_of)
          .on_time.key_by(sensor_of)
          .window(time_of, shape)
          .sum(value_of)
          .sink([seen](const progress::Time&, const auto& all) {
            for (const auto& pane : all) {
              ++seen->first;
              seen->second += pane.value;
            }
          });
      return seen;
    };
  };
  const std::int64_t wide = std::int64_t{1} << 60;
  always_gives(see(Tumbling{1}), Seen{6, 63}, 1);
  always_gives(see(Tumbling{wide}), Seen{4, 63}, 1);
  always_gives(see(Sliding{wide, wide / 2}), Seen{7, 126}, 1);
  always_gives(see(Sliding{2, 1}), Seen{9, 126}, 1);
  always_gives(see(Session{2}), Seen{3, 63}, 1);
  always_gives(see(Session{wide}), Seen{3, 63}, 1);
}

TEST_CASE("a window closes by time alone") {
  // A key that is never heard of again: its window leaves when another's records move time on.
  auto program = api::build([&](Scope& scope) {
    auto input = scope.new_input<Reading>("input");
    const auto sums = input.stream()
                          .assign_event_time(time_of)
                          .on_time.key_by(sensor_of)
                          .window(time_of, Sliding{10, 5})
                          .sum(value_of);
    const api::Probe probe = sums.probe();
    scope.drive([input, probe]() mutable {
      input.send({1, 5, 7});
      input.advance_to(1);
      input.send({2, 100, 1});
      input.advance_to(2);
      // It is held at event time 9 until it has left; the input is open.
      probe.wait_until({2, progress::to_coordinate(100)});
    });
  });
  const base::Status status = api::PlainLoop(std::move(program), testing::loop_options(2)).run();
  REQUIRE(status.to_string() == "ok");
}

}  // namespace
}  // namespace eagre
