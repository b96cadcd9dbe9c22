// A fold over the windows of random readings, against the same computed from scratch.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/windows/readings.h"

namespace eagre::testing {

// fold: Windowed -> stream of panes. result: sorted readings -> V.
template <class Fold, class Result>
void check_fold(Fold fold, Result result) {
  using V = decltype(result(std::vector<Reading>{}));
  base::Random random(5);
  const ReadingEpochs epochs = random_readings(random, 5, 10);
  always_gives(
      [&](api::Scope& scope) {
        return rows<V>(fold(by_epoch(scope, epochs)
                                .assign_event_time(time_of, {.bound = 8})
                                .on_time.key_by(sensor_of)
                                .window(time_of, api::Sliding{12, 5})));
      },
      panes<V>(split(epochs, 8).on_time, 12, 5, 0, result), 1);
}

}  // namespace eagre::testing
