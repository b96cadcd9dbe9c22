#include "runtime/progress/reporter.h"

#include <utility>

namespace eagre::progress {

const ProgressBatch* Reporter::flush(CapabilityLedger& ledger) {
  if (ledger.changes().empty() && next_sequence_ > 0) {
    return nullptr;
  }
  batch_.changes = ledger.take_changes(std::move(batch_.changes));
  batch_.sequence = next_sequence_++;
  return &batch_;
}

}  // namespace eagre::progress
