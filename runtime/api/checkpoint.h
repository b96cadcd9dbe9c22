// A checkpoint of a whole dataflow: what every instance kept when all that belongs to an epoch and
// before it was done, and nothing else. It is consistent and nothing is in flight in it.
// Source: docs/checkpoints.md.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/data/snapshot.h"

namespace eagre::api {

// Threads: value.
struct Checkpoint {
  // Its number: the interval that it ends.
  std::uint64_t interval = 0;
  // The boundary.
  std::uint64_t epoch = 0;
  // Input records up to the boundary, since the beginning.
  std::uint64_t records = 0;
  // Of the run that took it, of all processes.
  std::uint32_t workers = 1;
  // By instance of that run; empty where it was not read.
  std::vector<data::Snapshot> snapshots;
};

}  // namespace eagre::api
