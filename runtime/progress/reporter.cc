#include "runtime/progress/reporter.h"

#include <algorithm>
#include <utility>

namespace eagre::progress {

namespace {

// Some held capability is strictly before (at, time).
bool held_before(const ChangeBatch& held, const NodePaths& paths, Location at, const Time& time) {
  return std::any_of(held.begin(), held.end(), [&](const Change& h) {
    return h.diff > 0 && paths.before(h.at, h.time, at, time);
  });
}

}  // namespace

bool justified(const ChangeBatch& withheld, const ChangeBatch& held, const NodePaths& paths) {
  return std::all_of(withheld.begin(), withheld.end(), [&](const Change& positive) {
    if (positive.diff <= 0) return true;
    const bool covered = std::any_of(withheld.begin(), withheld.end(), [&](const Change& negative) {
      return negative.diff < 0 &&
             paths.before(negative.at, negative.time, positive.at, positive.time);
    });
    if (covered || held_before(held, paths, positive.at, positive.time)) return true;
    return std::any_of(held.begin(), held.end(), [&](const Change& h) {
      return h.at == positive.at && h.time == positive.time && positive.diff < h.diff;
    });
  });
}

bool touches_frontier(const ChangeBatch& withheld, const ChangeBatch& held, const NodePaths& paths,
                      std::span<const KnownInput> inputs) {
  return std::any_of(withheld.begin(), withheld.end(), [&](const Change& negative) {
    if (negative.diff >= 0 || held_before(held, paths, negative.at, negative.time)) return false;
    return std::none_of(inputs.begin(), inputs.end(), [&](const KnownInput& known) {
      return std::any_of(known.frontier.begin(), known.frontier.end(), [&](const Time& time) {
        return paths.before(known.input, time, negative.at, negative.time);
      });
    });
  });
}

Reporter::Reporter(Generation generation, ReporterId id, Withholding withholding)
    : withholding_(withholding), batch_{generation, id, 0, {}} {}

void Reporter::take(CapabilityLedger& ledger) {
  for (const Change& change : ledger.take_changes()) {
    withheld_.add(change);
    if (withholding_ == Withholding::justified && ledger.paths().is_output(change.at)) {
      held_.add(change);
    }
  }
}

const ProgressBatch* Reporter::send() {
  if (withheld_.empty() && next_sequence_ > 0) return nullptr;
  batch_.changes = withheld_.take(std::move(batch_.changes));
  batch_.sequence = next_sequence_++;
  return &batch_;
}

const ProgressBatch* Reporter::flush(CapabilityLedger& ledger) {
  if (withholding_ == Withholding::nothing) {
    if (ledger.changes().empty() && next_sequence_ > 0) return nullptr;
    batch_.changes = ledger.take_changes(std::move(batch_.changes));
    batch_.sequence = next_sequence_++;
    return &batch_;
  }
  take(ledger);
  return send();
}

const ProgressBatch* Reporter::flush_if_due(CapabilityLedger& ledger,
                                            std::span<const KnownInput> inputs) {
  if (withholding_ == Withholding::nothing || next_sequence_ == 0) return flush(ledger);
  take(ledger);
  if (justified(withheld_, held_, ledger.paths()) &&
      !touches_frontier(withheld_, held_, ledger.paths(), inputs)) {
    return nullptr;
  }
  return send();
}

}  // namespace eagre::progress
