// Process functions and their timers, against the same computed from scratch.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/state/views.h"
#include "runtime/windows/keyed_process.h"
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

// Of a sensor: what the running sum of its readings was at each, and, when it is silent for so
// long, the same again as a negative number.
struct Said {
  std::uint32_t sensor = 0;
  std::int64_t sum = 0;

  friend bool operator==(const Said&, const Said&) = default;
};

class SilenceAlarm final : public windows::KeyedProcess<std::uint32_t, Reading, Said> {
 public:
  explicit SilenceAlarm(std::int64_t patience) : patience_(patience) {}

  void on_record(const std::uint32_t& sensor, const Reading& reading) override {
    const std::int64_t sum = sum_.get(sensor) + reading.value;
    sum_.set(sensor, sum);
    give({sensor, sum});
    clear_timer(sensor, last_.get(sensor) + patience_);
    last_.set(sensor, now());
    set_timer(sensor, now() + patience_);
  }
  void on_timer(const std::uint32_t& sensor) override { give({sensor, -sum_.get(sensor)}); }

 private:
  std::int64_t patience_;
  state::ValueState<std::uint32_t, std::int64_t> sum_{states(), "sum"};
  state::ValueState<std::uint32_t, std::int64_t> last_{states(), "last"};
};

TEST_CASE("a process function has records in the order of event time, and timers between them") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    base::Random random(seed);
    const auto patience = static_cast<std::int64_t>(1 + random.below(9));
    const auto bound = static_cast<std::int64_t>(random.below(12));
    const ReadingEpochs epochs = random_readings(random, 5, 10);
    CAPTURE(seed, patience, bound);
    std::map<std::uint32_t, std::vector<Reading>> sensors;
    for (const auto& epoch : split(epochs, bound).on_time) {
      for (const Reading& reading : epoch) {
        sensors[reading.sensor].push_back(reading);
      }
    }
    Timed<Said> expected;
    const auto say = [&](std::int64_t at, std::uint32_t sensor, std::int64_t sum) {
      expected.emplace_back(progress::Time{0, progress::to_coordinate(at)}, Said{sensor, sum});
    };
    for (auto& [sensor, readings] : sensors) {
      std::sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) {
        return std::pair(a.at, a.value) < std::pair(b.at, b.value);
      });
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < readings.size(); ++i) {
        sum += readings[i].value;
        say(readings[i].at, sensor, sum);
        // A reading at the very moment comes before the timer.
        if (i + 1 == readings.size() || readings[i + 1].at > readings[i].at + patience) {
          say(readings[i].at + patience, sensor, -sum);
        }
      }
    }
    always_gives(
        [&](Scope& scope) {
          return timed(by_epoch(scope, epochs)
                           .assign_event_time(time_of, {.bound = bound})
                           .on_time.key_by(sensor_of)
                           .process<SilenceAlarm>(time_of, "silence", patience));
        },
        in_order(std::move(expected)), 1);
  }
}

TEST_CASE("a timer in the past fails the dataflow, with both times") {
  struct Late final : windows::KeyedProcess<std::uint32_t, Reading, Said> {
    void on_record(const std::uint32_t& sensor, const Reading&) override {
      set_timer(sensor, now());
    }
  };
  const base::Status status = testing::status_of([](Scope& scope) {
    by_epoch<Reading>(scope, {{{1, 20, 1}}})
        .assign_event_time(time_of)
        .on_time.key_by(sensor_of)
        .process<Late>(time_of, "late");
  });
  CHECK(status.code() == base::Code::usage);
  CHECK(
      status.message().find("a timer was set to event time 20 at event time 20: timers are set to "
                            "later times") != std::string::npos);
}

}  // namespace
}  // namespace eagre
