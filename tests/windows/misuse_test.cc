// What event time refuses, and what it says.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/windows/readings.h"

namespace eagre {
namespace {

using api::Scope;
using api::Sliding;
using api::Tumbling;
using testing::by_epoch;
using testing::Reading;
using testing::sensor_of;
using testing::time_of;

using Readings = api::Stream<Reading>;

// What a definition over a stream of two readings is told.
template <class Define>
std::string told(Define define) {
  try {
    const base::Status status = testing::status_of([&](Scope& scope) {
      define(by_epoch<Reading>(scope, {{{1, 20, 1}}, {{1, 30, 1}}}));
    });
    return status.to_string();
  } catch (const dataflow::MisuseError& error) {
    return error.what();
  }
}

TEST_CASE("windows outside of event time, or of no size, are refused") {
  CHECK(told([](const Readings& in) {
          in.key_by(sensor_of).window(time_of, Tumbling{10}).count().collect();
        }) ==
        "window() was used in \"dataflow\", where times have no event time: use "
        "assign_event_time() first");
  CHECK(told([](const Readings& in) {
          in.assign_event_time(time_of).on_time.iterate("again", [](const auto&, Readings rounds) {
            rounds.key_by(sensor_of).window(time_of, Tumbling{10}).count().collect();
            return rounds;
          });
        }).starts_with("window() was used in \"again\""));
  const auto shaped = [](auto shape) {
    return told([shape](const Readings& in) {
      in.assign_event_time(time_of).on_time.key_by(sensor_of).window(time_of, shape).count();
    });
  };
  CHECK(shaped(Tumbling{0}) == "the size of a window must be from 1 to 2^60, and is 0");
  CHECK(shaped(Tumbling{-5}) == "the size of a window must be from 1 to 2^60, and is -5");
  CHECK(shaped(Sliding{10, 0}) == "the slide of a window must be from 1 to 2^60, and is 0");
  CHECK(shaped(Sliding{(std::int64_t{1} << 60) + 1, 1}).starts_with("the size of a window"));
  CHECK(shaped(Sliding{10, 20}) == "ok");
  CHECK(shaped(api::Session{0}) == "the gap of a window must be from 1 to 2^60, and is 0");
}

TEST_CASE("event time is entered once, with a bound that is one") {
  CHECK(told([](const Readings& in) { in.assign_event_time(time_of, {.bound = -1}); }) ==
        "the bound of disorder must be 0 or more, and is -1");
  CHECK(
      told([](const Readings& in) {
        in.assign_event_time(time_of).on_time.assign_event_time(time_of);
      }) ==
      "assign_event_time() was used in \"event time\": use it outside of loops and of event time");
}

TEST_CASE("what goes by epochs is refused in event time") {
  const auto refused = [](auto use) {
    return told([use](const Readings& in) { use(in.assign_event_time(time_of).on_time); });
  };
  const auto all = {
      refused([](const Readings& in) { in.count(); }),
      refused([](const Readings& in) { in.distinct(); }),
      refused([](const Readings& in) { in.leave(); }),
      refused([](const Readings& in) { in.in_one_epoch(); }),
      refused([](const Readings& in) { in.key_by(sensor_of).count(); }),
      refused([](const Readings& in) { in.key_by(sensor_of).running_count(); }),
      refused([](const Readings& in) { in.key_by(sensor_of).total(); }),
  };
  for (const std::string& what : all) {
    CAPTURE(what);
    CHECK(what.find("() was used in event time, where it would depend on the epochs") !=
          std::string::npos);
  }
}

TEST_CASE("a record that a window dates back fails the dataflow, with both times") {
  CHECK(
      told([](const Readings& in) {
        in.assign_event_time(time_of)
            .on_time.key_by(sensor_of)
            .window([](const Reading& reading) { return reading.at - 11; }, Tumbling{10})
            .count()
            .collect();
      })
          .find(
              "a record of event time 19 came where all are at or after 20: a window must be given "
              "the event time by which records were let in, or a later one") != std::string::npos);
}

}  // namespace
}  // namespace eagre
