// What one operator instance tells the progress actor about one activation (or several whole ones).
//
// Law: a batch is applied whole before any frontier is computed from it. Sequence numbers are
// contiguous per reporter and generation; batch 0, possibly empty, registers the instance's
// initial capabilities; later batches are never empty.
// Source: Brun et al. (ITP 2021), section 5; rules R1, R2, R9 of docs/progress.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/progress/change_batch.h"

namespace eagre::progress {

struct GenerationTag;
struct ReporterTag;

// A run of a dataflow between two recoveries. What bears an older one is void.
using Generation = base::Id<GenerationTag, std::uint64_t>;
// An operator instance in its role of reporting progress; dense, small numbers.
using ReporterId = base::Id<ReporterTag, std::uint32_t>;

struct ProgressBatch {
  Generation generation;
  ReporterId reporter;
  std::uint64_t sequence = 0;
  // Distinct pointstamps, none with a sum of zero.
  std::vector<Change> changes;

  friend bool operator==(const ProgressBatch&, const ProgressBatch&) = default;
};

}  // namespace eagre::progress
