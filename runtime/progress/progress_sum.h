// What a process of a cluster tells the leader about progress: the changes of all its operator
// instances, added up.
//
// Law: a sum is made of whole progress batches, never of a part of one, and is applied whole.
// Sequence numbers are contiguous per process and generation. Sum 0, possibly empty, says that all
// instances of the process have registered and carries their initial capabilities; later ones are
// never empty.
// Source: Murray et al., "Naiad" (SOSP 2013), section 3.3; rules R1, R2, R9, R11 of
// docs/progress.md.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/progress/change_batch.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::progress {

struct ProcessTag;

// A process of the cluster; dense, small numbers.
using ProcessId = base::Id<ProcessTag, std::uint32_t>;
// The process in which the tracker is.
inline constexpr ProcessId kLeader{0};

// Threads: value.
struct ProgressSum {
  Generation generation;
  ProcessId process;
  std::uint64_t sequence = 0;
  // Distinct pointstamps, none with a sum of zero.
  std::vector<Change> changes;

  friend bool operator==(const ProgressSum&, const ProgressSum&) = default;
};

}  // namespace eagre::progress
