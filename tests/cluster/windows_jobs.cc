// Windows of event time, for recovery_test.py: open slices, queues, sessions and watermarks are
// what a loss must not cost.
#include <fmt/core.h>

#include <cstdint>
#include <string>

#include "actors/eagre.h"
#include "tests/cluster/recovery_jobs.h"

namespace eagre::testing {
namespace {

// Event time moves on by 70 an epoch; within one, numbers are up to 500 apart.
Numbers with_epoch(const Numbers& all) {
  return all.unary<Number>("with epoch", [](const Input<Number>& input, Output<Number>& output) {
    auto session = output.session();
    for (const Number n : input) {
      session.give(n % 500 + 70 * input.time()[0]);
    }
  });
}

std::int64_t time_of_number(Number n) {
  return static_cast<std::int64_t>(n) - 1000;
}

void write_panes(const Stream<Pane<Number, Number>>& panes) {
  panes.write([](const Pane<Number, Number>& pane) {
    return fmt::format("{} {} {} {}", pane.key, pane.window.start, pane.window.end, pane.value);
  });
}

}  // namespace

void windowed(const Numbers& all) {
  const auto in = with_epoch(all).assign_event_time(time_of_number, {.bound = 450});
  const auto keyed = by_rest(in.on_time, 7);
  write_panes(keyed.window(time_of_number, Tumbling{80}).count());
  write_panes(keyed.window(time_of_number, Sliding{300, 70}).max([](Number n) { return n; }));
  const auto rare = in.on_time.filter([](Number n) { return n * n % 1009 == 4; });
  write_panes(
      by_rest(rare, 50).window(time_of_number, Session{20}).sum([](Number n) { return n; }));
  in.late.count().write([](Number n) { return std::to_string(n); });
}

}  // namespace eagre::testing
