// Windows of event time that are restored: open slices, queues of slices, watermarks and what sinks
// hold until its event time is complete.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>

#include "tests/recovery/event_times.h"

namespace eagre {
namespace {

using Number = std::uint64_t;
using testing::NumberStream;
using testing::rest_of;
using testing::time_of;
using testing::with_epoch;
using testing::write_panes;

TEST_CASE("tumbling windows give the same when they are restored") {
  testing::check_stops("tumbling", [](const NumberStream& a, const NumberStream& b) {
    const auto in = with_epoch(a).assign_event_time(time_of, {.bound = 25});
    write_panes(in.on_time.key_by(rest_of).window(time_of, api::Tumbling{8, 3}).count());
    in.late.write([](Number n) { return std::to_string(n); });
    in.on_time.write([](Number n) { return std::to_string(n); });
    const auto by_source = with_epoch(b).assign_event_time(time_of, [](Number n) { return n % 3; },
                                                           {.bound = 10, .idle_epochs = 2});
    by_source.late.write([](Number n) { return std::to_string(n); });
    // Windows of both streams close when both have come so far; and windows of windows.
    const auto sums = in.on_time.concat(by_source.on_time)
                          .key_by(rest_of)
                          .window(time_of, api::Tumbling{5})
                          .sum([](Number n) { return n; });
    write_panes(sums.map([](const windows::Pane<Number, Number>& pane) {
                      return std::pair(pane.window.last(), pane.value);
                    })
                    .key_by([](const auto&) { return Number{0}; })
                    .window([](const auto& pane) { return pane.first; }, api::Tumbling{20})
                    .max([](const auto& pane) { return pane.second; }));
  });
}

TEST_CASE("sliding windows give the same when they are restored") {
  testing::check_stops("sliding", [](const NumberStream& a, const NumberStream& b) {
    const auto in =
        with_epoch(a.concat(b)).assign_event_time(time_of, {.bound = 25}).on_time.key_by(rest_of);
    write_panes(in.window(time_of, api::Sliding{20, 6}).max([](Number n) { return n * n % 101; }));
    write_panes(
        in.window(time_of, api::Sliding{60, 5, 2}).distinct([](Number n) { return n % 16; }));
    in.window(time_of, api::Sliding{12, 5}).collect().write([](const auto& pane) {
      return fmt::format("{} {} {}", pane.key, pane.window.start, pane.value.size());
    });
  });
}

}  // namespace
}  // namespace eagre
