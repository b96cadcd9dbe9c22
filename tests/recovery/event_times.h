// Numbers in event time, for dataflows that are stopped and restored.
#pragma once

#include <fmt/core.h>

#include <cstdint>

#include "tests/recovery/stops.h"

namespace eagre::testing {

using Number = std::uint64_t;

// Event time moves on by seven an epoch; numbers are up to 50 apart within one.
inline NumberStream with_epoch(const NumberStream& stream) {
  return stream.unary<Number>(
      "with epoch", [](const dataflow::Input<Number>& input, dataflow::Output<Number>& output) {
        auto session = output.session();
        for (const Number n : input) {
          session.give(n + 7 * input.time()[0]);
        }
      });
}

inline std::int64_t time_of(Number n) {
  return static_cast<std::int64_t>(n) - 100;
}
inline Number rest_of(Number n) {
  return n % 5;
}

template <class V>
void write_panes(const api::Stream<windows::Pane<Number, V>>& panes) {
  panes.write([](const auto& pane) {
    return fmt::format("{} {} {} {}", pane.key, pane.window.start, pane.window.end, pane.value);
  });
}

}  // namespace eagre::testing
