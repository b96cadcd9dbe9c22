// What the protocol would allow beyond what the runtime does: an operator instance that does not
// report all at the end of each activation. The model is tested with it, so that the rules of R3
// are known to suffice before anybody needs them.
//
// A change may stay behind only if what stays is justified: each positive at p has
//   (i) a withheld negative strictly before p, or (ii) a held capability strictly before p, or
//   (iii) fewer positives withheld than capabilities held at p;
// and only until it could hold somebody up: a withheld negative that touches the frontier is
// flushed at once, everything when the mailbox runs dry.
// Source: Brun et al. (ITP 2021), section 5 ("justified"); rules R1-R5 of docs/progress.md.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/progress/antichain.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/change_batch.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/reporter.h"

namespace eagre::progress {

// What an instance knows of one of its inputs.
struct KnownInput {
  Location input;
  const Antichain& frontier;
};

// Whether (from, time) is strictly before (to, at), as far as a node's paths and the order of times
// on one location tell.
bool before(const NodePaths& paths, Location from, const Time& time, Location to, const Time& at);

// Whether `withheld` may stay behind while the capabilities in `held` (counts at own outputs) are
// held.
bool justified(const ChangeBatch& withheld, const ChangeBatch& held, const NodePaths& paths);

// Whether some negative in `withheld` may hold a frontier up that others see: nothing known is
// strictly before it, neither a held capability nor an element of an input's frontier.
bool touches_frontier(const ChangeBatch& withheld, const ChangeBatch& held, const NodePaths& paths,
                      std::span<const KnownInput> inputs);

enum class Withholding {
  nothing,    // every activation is reported at its end, by the runtime's own reporter
  justified,  // flush_if_due() keeps back what it may
};

// Threads: confined to one actor.
class WithholdingReporter {
 public:
  WithholdingReporter(Generation generation, ReporterId id, Withholding withholding);

  // As Reporter::flush.
  const ProgressBatch* flush(CapabilityLedger& ledger);
  // At the end of an activation when more messages wait: like flush(), but with
  // Withholding::justified keeps everything behind while that is justified and touches no frontier.
  // Whoever uses it must call flush() when the mailbox runs dry.
  const ProgressBatch* flush_if_due(CapabilityLedger& ledger, std::span<const KnownInput> inputs);

  // Changes taken from the ledger and not yet reported.
  const ChangeBatch& withheld() const { return withheld_; }
  // Sequence number of the next batch.
  std::uint64_t next_sequence() const {
    return withholding_ == Withholding::nothing ? reporter_.next_sequence() : next_sequence_;
  }

 private:
  void take(CapabilityLedger& ledger);
  const ProgressBatch* send();

  Withholding withholding_;
  Reporter reporter_;
  // The rest is for Withholding::justified alone. The last batch that was sent:
  ProgressBatch batch_;
  std::uint64_t next_sequence_ = 0;
  ChangeBatch withheld_;
  // Capabilities held, by pointstamp.
  ChangeBatch held_;
};

}  // namespace eagre::progress
