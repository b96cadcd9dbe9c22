// When an operator instance tells what it did: the operator's side of the exchange protocol.
// Everything is told at the end of each activation: nothing is withheld, though the protocol would
// allow it (R3).
// Source: Brun et al. (ITP 2021), section 5; rules R1-R5 of docs/progress.md.
#pragma once

#include <cstdint>

#include "runtime/progress/capability.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::progress {

// Threads: confined to one actor.
class Reporter {
 public:
  Reporter(Generation generation, ReporterId id) : batch_{generation, id, 0, {}} {}

  // All that happened and was not yet reported. The first call gives a batch even if nothing
  // happened: it registers the instance. Later ones give none (null) when there is nothing to tell.
  // The batch is good until the next call.
  const ProgressBatch* flush(CapabilityLedger& ledger);

  // Sequence number of the next batch.
  std::uint64_t next_sequence() const { return next_sequence_; }

 private:
  std::uint64_t next_sequence_ = 0;
  // The last one that was sent.
  ProgressBatch batch_;
};

}  // namespace eagre::progress
