// What the leader tells the other processes of a cluster: the frontiers that moved, the same for
// every process.
//
// Law: each frontier is whole and at or after the one before; versions are contiguous per
// generation, because a link between processes loses and reorders nothing: a gap is a broken
// invariant. The first delta, after the start barrier, names every location in which an instance
// has interest.
// Source: Murray et al., "Naiad" (SOSP 2013), section 3.3; rules R9, R11, R13 of docs/progress.md.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::progress {

// The frontier to which a location has moved.
struct FrontierMove {
  Location location;
  Antichain frontier;

  friend bool operator==(const FrontierMove&, const FrontierMove&) = default;
};

// Threads: value.
struct FrontierDelta {
  Generation generation;
  // 1, 2, 3, ...
  std::uint64_t version = 0;
  // Locations in which an instance has interest, each once.
  std::vector<FrontierMove> moves;

  friend bool operator==(const FrontierDelta&, const FrontierDelta&) = default;
};

}  // namespace eagre::progress
