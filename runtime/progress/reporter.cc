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
    : generation_(generation), id_(id), withholding_(withholding) {}

void Reporter::take(CapabilityLedger& ledger) {
  for (const Change& change : ledger.take_changes()) {
    withheld_.add(change);
    if (withholding_ == Withholding::justified && ledger.paths().is_output(change.at)) {
      held_.add(change);
    }
  }
}

std::optional<ProgressBatch> Reporter::send() {
  if (withheld_.empty() && next_sequence_ > 0) return std::nullopt;
  return ProgressBatch{generation_, id_, next_sequence_++, withheld_.take()};
}

std::optional<ProgressBatch> Reporter::flush(CapabilityLedger& ledger) {
  if (withholding_ == Withholding::nothing) {
    std::vector<Change> changes = ledger.take_changes();
    if (changes.empty() && next_sequence_ > 0) return std::nullopt;
    return ProgressBatch{generation_, id_, next_sequence_++, std::move(changes)};
  }
  take(ledger);
  return send();
}

std::optional<ProgressBatch> Reporter::flush_if_due(CapabilityLedger& ledger,
                                                    std::span<const KnownInput> inputs) {
  if (withholding_ == Withholding::nothing || next_sequence_ == 0) return flush(ledger);
  take(ledger);
  if (justified(withheld_, held_, ledger.paths()) &&
      !touches_frontier(withheld_, held_, ledger.paths(), inputs)) {
    return std::nullopt;
  }
  return send();
}

}  // namespace eagre::progress
