#include "tests/progress/withholding.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace eagre::progress {
namespace {

// Some held capability is strictly before (at, time).
bool held_before(const ChangeBatch& held, const NodePaths& paths, Location at, const Time& time) {
  return std::any_of(held.begin(), held.end(), [&](const Change& h) {
    return h.diff > 0 && before(paths, h.at, h.time, at, time);
  });
}

// Whether `location` is where one of the node's internal paths, or of its edges, begins to leave
// it.
bool is_output(const NodePaths& paths, Location location) {
  return std::any_of(paths.edges().begin(), paths.edges().end(),
                     [&](const Path& path) { return path.from == location; }) ||
         std::any_of(paths.internals().begin(), paths.internals().end(),
                     [&](const Path& path) { return path.to == location; });
}

}  // namespace

bool before(const NodePaths& paths, Location from, const Time& time, Location to, const Time& at) {
  if (from == to) {
    return less_than(time, at);
  }
  if (paths.edge_leads(from, time, to, at) || paths.internal_leads(from, time, to, at)) {
    return true;
  }
  return std::any_of(paths.internals().begin(), paths.internals().end(), [&](const Path& path) {
    if (path.from != from || time.size() != path.summary.inputs()) {
      return false;
    }
    const std::optional<Time> moved = path.summary.apply(time);
    return moved && paths.edge_leads(path.to, *moved, to, at);
  });
}

bool justified(const ChangeBatch& withheld, const ChangeBatch& held, const NodePaths& paths) {
  return std::all_of(withheld.begin(), withheld.end(), [&](const Change& positive) {
    if (positive.diff <= 0) {
      return true;
    }
    const bool covered = std::any_of(withheld.begin(), withheld.end(), [&](const Change& negative) {
      return negative.diff < 0 &&
             before(paths, negative.at, negative.time, positive.at, positive.time);
    });
    if (covered || held_before(held, paths, positive.at, positive.time)) {
      return true;
    }
    return std::any_of(held.begin(), held.end(), [&](const Change& h) {
      return h.at == positive.at && h.time == positive.time && positive.diff < h.diff;
    });
  });
}

bool touches_frontier(const ChangeBatch& withheld, const ChangeBatch& held, const NodePaths& paths,
                      std::span<const KnownInput> inputs) {
  return std::any_of(withheld.begin(), withheld.end(), [&](const Change& negative) {
    if (negative.diff >= 0 || held_before(held, paths, negative.at, negative.time)) {
      return false;
    }
    return std::none_of(inputs.begin(), inputs.end(), [&](const KnownInput& known) {
      return std::any_of(known.frontier.begin(), known.frontier.end(), [&](const Time& time) {
        return before(paths, known.input, time, negative.at, negative.time);
      });
    });
  });
}

WithholdingReporter::WithholdingReporter(Generation generation, ReporterId id,
                                         Withholding withholding)
    : withholding_(withholding), reporter_(generation, id), batch_{generation, id, 0, {}} {}

void WithholdingReporter::take(CapabilityLedger& ledger) {
  for (const Change& change : ledger.take_changes()) {
    withheld_.add(change);
    if (is_output(ledger.paths(), change.at)) {
      held_.add(change);
    }
  }
}

const ProgressBatch* WithholdingReporter::send() {
  if (withheld_.empty() && next_sequence_ > 0) {
    return nullptr;
  }
  batch_.changes = withheld_.take(std::move(batch_.changes));
  batch_.sequence = next_sequence_++;
  return &batch_;
}

const ProgressBatch* WithholdingReporter::flush(CapabilityLedger& ledger) {
  if (withholding_ == Withholding::nothing) {
    return reporter_.flush(ledger);
  }
  take(ledger);
  return send();
}

const ProgressBatch* WithholdingReporter::flush_if_due(CapabilityLedger& ledger,
                                                       std::span<const KnownInput> inputs) {
  if (withholding_ == Withholding::nothing || next_sequence_ == 0) {
    return flush(ledger);
  }
  take(ledger);
  if (justified(withheld_, held_, ledger.paths()) &&
      !touches_frontier(withheld_, held_, ledger.paths(), inputs)) {
    return nullptr;
  }
  return send();
}

}  // namespace eagre::progress
