// What a program outside the dataflow does to an input operator: it hands in a batch, and moves
// the times at which it may still hand in more.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/data/batch.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

// One hold more (+1) or less (-1) at a time; a new hold must lie at or after a present one.
struct HoldChange {
  progress::Time time;
  int diff = 0;
};

// First the batch (if any) is sent, at its header's time, which must lie at or after a hold; then
// the holds change, in order. No holds left: the input is closed.
// Threads: value.
struct Feed {
  data::Batch batch;
  std::vector<HoldChange> holds;
};

}  // namespace eagre::dataflow
