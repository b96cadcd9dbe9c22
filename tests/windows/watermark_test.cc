// Watermarks: which records are late, against the same computed from scratch.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>

#include "tests/windows/readings.h"

namespace eagre {
namespace {

using api::Scope;
using testing::always_gives;
using testing::by_epoch;
using testing::in_order;
using testing::random_readings;
using testing::Reading;
using testing::ReadingEpochs;
using testing::sensor_of;
using testing::split;
using testing::time_of;
using testing::timed;
using testing::Timed;

TEST_CASE("a record is late when it is before the watermark of its epoch") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    base::Random random(seed);
    const std::int64_t bound = static_cast<std::int64_t>(random.below(12));
    const ReadingEpochs epochs = random_readings(random, 5, 10);
    CAPTURE(seed, bound);
    Timed<Reading> late;
    const ReadingEpochs expected = split(epochs, bound).late;
    for (std::size_t e = 0; e < expected.size(); ++e) {
      for (const Reading& reading : expected[e]) {
        late.emplace_back(progress::Time{e}, reading);
      }
    }
    always_gives(
        [&](Scope& scope) {
          return timed(by_epoch(scope, epochs).assign_event_time(time_of, {.bound = bound}).late);
        },
        in_order(late), 1);
  }
}

TEST_CASE("an idle source holds the others back for so many epochs") {
  // Sensor 1 falls silent at 10 while sensor 2 goes on.
  ReadingEpochs epochs = {{{1, 10, 1}, {2, 10, 1}}};
  for (std::int64_t e = 1; e <= 6; ++e) {
    epochs.push_back({{2, 10 + 10 * e, 1}});
  }
  // At 11: late once sensor 1 is taken to be idle.
  epochs[2].push_back({3, 11, 1});
  epochs[5].push_back({3, 11, 2});
  always_gives(
      [&](Scope& scope) {
        return timed(by_epoch(scope, epochs)
                         .assign_event_time(time_of, sensor_of, {.bound = 0, .idle_epochs = 2})
                         .late);
      },
      Timed<Reading>{{progress::Time{5}, Reading{3, 11, 2}}}, 1);
  // Without it the watermark stays where sensor 1 has stopped.
  always_gives(
      [&](Scope& scope) {
        return timed(
            by_epoch(scope, epochs).assign_event_time(time_of, sensor_of, {.bound = 0}).late);
      },
      Timed<Reading>{}, 1);
}

}  // namespace
}  // namespace eagre
