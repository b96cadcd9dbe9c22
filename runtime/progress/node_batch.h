// What the nodes of a cluster tell each other about progress: a node tells the leader what happened
// on it, the leader tells every node which frontiers moved.
//
// Laws: a batch is applied whole before any frontier is computed from it; sequence numbers are
// contiguous for each node and generation. Deltas only move frontiers forward; their versions grow.
// Source: rules R1, R2, R9 and R13 of docs/progress.md.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/change_batch.h"
#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::progress {

// Whole progress batches of the instances of one node, added up.
struct NodeBatch {
  Generation generation;
  std::uint32_t node = 0;
  std::uint64_t sequence = 0;
  // Distinct pointstamps, none with a sum of zero.
  std::vector<Change> changes;

  friend bool operator==(const NodeBatch&, const NodeBatch&) = default;
};

// The whole new frontier of one location.
struct Move {
  Location location;
  Antichain frontier;

  friend bool operator==(const Move&, const Move&) = default;
};

struct FrontierDelta {
  Generation generation;
  std::uint64_t version = 0;
  std::vector<Move> moves;

  friend bool operator==(const FrontierDelta&, const FrontierDelta&) = default;
};

}  // namespace eagre::progress
