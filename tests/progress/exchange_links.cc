// What happens on the way between processes: sums to the leaders, deltas back.
#include <utility>

#include "tests/progress/exchange_run.h"

namespace eagre::progress {

void ExchangeRun::flush(std::size_t r, std::size_t p) {
  ProcessState& process = readers_[r].processes[p];
  const ProgressSum* const sum = process.consolidator->flush();
  if (!sum) {
    require(!process.consolidator->describe_missing().empty() || process.heard_sum.empty(),
            "process " + std::to_string(p) + " keeps " + to_string(process.heard_sum));
    return;
  }
  require(to_counts(sum->changes) == process.heard_sum,
          "process " + std::to_string(p) + " told " + to_string(to_counts(sum->changes)) +
              " and heard " + to_string(process.heard_sum));
  process.sums.push_back(PostedSum{*sum, std::exchange(process.heard, {})});
  process.heard_sum.clear();
  ++sums_sent_;
}

void ExchangeRun::deliver_sum(std::size_t r, std::size_t p) {
  std::deque<PostedSum>& link = readers_[r].processes[p].sums;
  const bool last = finishing_ && link.size() == 1 && !planted_;
  if (plant(Fault::sum_lost, last ? 1 : 3)) {
    link.pop_front();
    return;
  }
  if (link.size() > 1 && plant(Fault::sums_swapped, 2)) {
    std::swap(link[0], link[1]);
  }
  PostedSum posted = std::move(link.front());
  link.pop_front();
  if (posted.sum.sequence == 0 && !posted.sum.changes.empty() &&
      plant(Fault::stale_sum_accepted, 2)) {
    // The last run began like this one; its first sum comes late and is relabelled.
    hear(readers_[r], p, posted);
  }
  if (faulty(Fault::sum_split)) {
    PostedSum first = posted;
    PostedSum second = posted;
    std::erase_if(first.sum.changes, [](const Change& change) { return change.diff > 0; });
    std::erase_if(second.sum.changes, [](const Change& change) { return change.diff < 0; });
    if (!first.sum.changes.empty() && !second.sum.changes.empty() && plant(options_.fault, 1)) {
      hear(readers_[r], p, std::move(first));
      link.push_front(std::move(second));
      return;
    }
  }
  hear(readers_[r], p, posted);
  if (!faulty(Fault::none)) {
    return;
  }
  for (const std::size_t w : posted.parts) {
    model_.apply(r, w);
  }
}

void ExchangeRun::hear(ReaderState& reader, std::size_t p, PostedSum posted) {
  const bool renumbers = faulty(Fault::sum_split) || faulty(Fault::sum_before_registration) ||
                         faulty(Fault::stale_sum_accepted);
  if (renumbers) {
    posted.sum.sequence = reader.processes[p].renumbered++;
  }
  const base::Status status = reader.aggregator->apply(posted.sum);
  require(status.ok(), status.message());
}

void ExchangeRun::deliver_delta(std::size_t r, std::size_t p) {
  ProcessState& process = readers_[r].processes[p];
  std::deque<FrontierDelta>& link = process.deltas;
  // Waits for another one to change places with.
  if (faulty(Fault::deltas_swapped) && link.size() == 1 && !finishing_) {
    return;
  }
  const bool last = finishing_ && link.size() == 1 && !planted_;
  if (plant(Fault::delta_lost, last ? 1 : 3)) {
    link.pop_front();
    return;
  }
  if (link.size() > 1 && plant(Fault::deltas_swapped, 1)) {
    std::swap(link[0], link[1]);
  }
  FrontierDelta delta = std::move(link.front());
  link.pop_front();
  if (plant(Fault::stale_delta_accepted, 3)) {
    // The last run ended with empty frontiers.
    for (FrontierMove& move : delta.moves) {
      move.frontier.clear();
    }
  }
  const base::Status status = process.consolidator->apply(delta);
  require(status.ok(), status.message());
}

}  // namespace eagre::progress
