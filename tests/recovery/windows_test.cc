// Windows of event time that are restored: open slices, queues of slices, watermarks and what sinks
// hold until its event time is complete.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/state/views.h"
#include "runtime/windows/keyed_process.h"
#include "tests/recovery/stops.h"

namespace eagre {
namespace {

using api::Sliding;
using api::Tumbling;
using dataflow::Input;
using dataflow::Output;
using Number = std::uint64_t;
using testing::NumberStream;

// Event time moves on by seven an epoch; numbers are up to 50 apart within one.
NumberStream with_epoch(const NumberStream& stream) {
  return stream.unary<Number>("with epoch", [](const Input<Number>& input, Output<Number>& output) {
    auto session = output.session();
    for (const Number n : input) {
      session.give(n + 7 * input.time()[0]);
    }
  });
}

std::int64_t time_of(Number n) {
  return static_cast<std::int64_t>(n) - 100;
}
Number rest_of(Number n) {
  return n % 5;
}

template <class V>
void write_panes(const api::Stream<windows::Pane<Number, V>>& panes) {
  panes.write([](const auto& pane) {
    return fmt::format("{} {} {} {}", pane.key, pane.window.start, pane.window.end, pane.value);
  });
}

TEST_CASE("tumbling windows give the same when they are restored") {
  testing::check_stops("tumbling", [](const NumberStream& a, const NumberStream& b) {
    const auto in = with_epoch(a).assign_event_time(time_of, {.bound = 25});
    write_panes(in.on_time.key_by(rest_of).window(time_of, Tumbling{8, 3}).count());
    in.late.write([](Number n) { return std::to_string(n); });
    in.on_time.write([](Number n) { return std::to_string(n); });
    const auto by_source = with_epoch(b).assign_event_time(time_of, [](Number n) { return n % 3; },
                                                           {.bound = 10, .idle_epochs = 2});
    by_source.late.write([](Number n) { return std::to_string(n); });
    // Windows of both streams close when both have come so far; and windows of windows.
    const auto sums = in.on_time.concat(by_source.on_time)
                          .key_by(rest_of)
                          .window(time_of, Tumbling{5})
                          .sum([](Number n) { return n; });
    write_panes(sums.map([](const windows::Pane<Number, Number>& pane) {
                      return std::pair(pane.window.last(), pane.value);
                    })
                    .key_by([](const auto&) { return Number{0}; })
                    .window([](const auto& pane) { return pane.first; }, Tumbling{20})
                    .max([](const auto& pane) { return pane.second; }));
  });
}

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

TEST_CASE("sliding windows give the same when they are restored") {
  testing::check_stops("sliding", [](const NumberStream& a, const NumberStream& b) {
    const auto in =
        with_epoch(a.concat(b)).assign_event_time(time_of, {.bound = 25}).on_time.key_by(rest_of);
    write_panes(in.window(time_of, Sliding{20, 6}).max([](Number n) { return n * n % 101; }));
    write_panes(in.window(time_of, Sliding{60, 5, 2}).distinct([](Number n) { return n % 16; }));
    in.window(time_of, Sliding{12, 5}).collect().write([](const auto& pane) {
      return fmt::format("{} {} {}", pane.key, pane.window.start, pane.value.size());
    });
  });
}

}  // namespace
}  // namespace eagre
