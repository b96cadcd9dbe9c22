// Sessions and process functions that are restored.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>

#include "runtime/state/views.h"
#include "runtime/windows/keyed_process.h"
#include "tests/recovery/event_times.h"

namespace eagre {
namespace {

using Number = std::uint64_t;
using testing::NumberStream;
using testing::rest_of;
using testing::time_of;
using testing::with_epoch;
using testing::write_panes;

TEST_CASE("sessions give the same when they are restored") {
  testing::check_stops("sessions", [](const NumberStream& a, const NumberStream& b) {
    const auto in = with_epoch(a.concat(b)).assign_event_time(time_of, {.bound = 25}).on_time;
    write_panes(in.key_by(rest_of).window(time_of, api::Session{4}).count());
    write_panes(in.key_by([](Number n) { return n % 40; })
                    .window(time_of, api::Session{30})
                    .sum([](Number n) { return n; }));
  });
}

// How many numbers of a key came, at each, and again when none came for 15 units.
class Quiet final : public eagre::windows::KeyedProcess<Number, Number, testing::NumberPair> {
 public:
  void on_record(const Number& key, const Number&) override {
    give({key, ++count_.at(key)});
    last_.set(key, now());
    set_timer(key, now() + 15);
  }
  void on_timer(const Number& key) override {
    if (now() == last_.get(key) + 15) {
      give({key, 1000 + count_.get(key)});
      count_.erase(key);
    }
  }

 private:
  state::ValueState<Number, Number> count_{states(), "count"};
  state::ValueState<Number, std::int64_t> last_{states(), "last"};
};

TEST_CASE("process functions and their timers give the same when they are restored") {
  testing::check_stops("process", [](const NumberStream& a, const NumberStream& b) {
    testing::write(with_epoch(a.concat(b))
                       .assign_event_time(time_of, {.bound = 25})
                       .on_time.key_by([](Number n) { return n % 20; })
                       .process<Quiet>(time_of, "quiet"));
  });
}

}  // namespace
}  // namespace eagre
