// What an instance goes on from: what one instance of its operator kept, or, where there were more
// or fewer of them, what each of them did and which share of it is now its own.
#pragma once

#include <vector>

#include "runtime/data/snapshot.h"

namespace eagre::dataflow {

// The snapshot must outlive it.
struct RestoredPart {
  const data::Snapshot* snapshot;
  data::Share share;
};
using Restored = std::vector<RestoredPart>;

}  // namespace eagre::dataflow
