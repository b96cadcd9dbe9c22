// What happens on the way within a process: progress batches of its instances, frontiers back to
// them.
#include <algorithm>
#include <utility>

#include "tests/progress/exchange_run.h"

namespace eagre::progress {

void ExchangeRun::deliver_progress(std::size_t r, std::size_t w) {
  ReaderState& reader = readers_[r];
  std::deque<ProgressBatch>& route = reader.routes[w];
  if (finishing_ && route.size() == 1 && w == unlucky_ && plant(Fault::batch_lost_at_shutdown, 1)) {
    route.pop_front();
    return;
  }
  if (route.size() > 1 && plant(Fault::batches_swapped, 2)) {
    std::swap(route[0], route[1]);
  }
  ProgressBatch batch = std::move(route.front());
  route.pop_front();
  if (batch.sequence == 0 && plant(Fault::stale_generation_accepted, 2)) {
    // The last run began like this one; its first batch comes late and is relabelled.
    hear(r, w, batch);
    hear(r, w, batch);
    return;
  }
  if (faulty(Fault::negative_first)) {
    ProgressBatch first = batch;
    ProgressBatch second = batch;
    std::erase_if(first.changes, [](const Change& change) { return change.diff > 0; });
    std::erase_if(second.changes, [](const Change& change) { return change.diff < 0; });
    if (!first.changes.empty() && !second.changes.empty() && plant(options_.fault, 1)) {
      hear(r, w, first);
      route.push_front(std::move(second));
      return;
    }
  }
  hear(r, w, batch);
}

void ExchangeRun::hear(std::size_t r, std::size_t w, const ProgressBatch& batch) {
  ReaderState& reader = readers_[r];
  ProgressBatch heard = batch;
  const bool renumbers = faulty(Fault::frontier_before_barrier) || faulty(Fault::negative_first);
  if (renumbers) {
    heard.sequence = reader.renumbered[w]++;
  }
  ProcessState& process = reader.processes[process_of(w)];
  if (process.consolidator) {
    process.consolidator->apply(heard);
    process.heard.push_back(w);
    for (const Change& change : heard.changes) {
      add(process.heard_sum, {change.at, change.time}, change.diff);
    }
  } else {
    reader.aggregator->apply(heard);
    if (faulty(Fault::none)) {
      model_.apply(r, w);
    }
  }
  const std::vector<Location>& outputs = topology_.node(instances_[w].node).outputs;
  for (const Change& change : heard.changes) {
    if (std::find(outputs.begin(), outputs.end(), change.at) != outputs.end()) {
      reader.held[w] += change.diff;
    }
  }
}

void ExchangeRun::publish(std::size_t r, std::size_t p) {
  ReaderState& reader = readers_[r];
  const auto sink = [&](ReporterId id, const FrontierUpdate& update) { tell(r, p, id, update); };
  if (p > 0) {
    reader.processes[p].consolidator->publish(sink);
  } else {
    reader.aggregator->publish(sink, [&](const FrontierDelta& delta) {
      require(options_.processes > 1, "the only process tells others");
      for (std::size_t other = 1; other < options_.processes; ++other) {
        reader.processes[other].deltas.push_back(delta);
      }
    });
  }
  show(r, p);
}

void ExchangeRun::tell(std::size_t r, std::size_t p, ReporterId id, const FrontierUpdate& update) {
  const std::size_t w = id.value();
  InputState& input = instances_[w].inputs[update.port];
  FrontierUpdate& last = readers_[r].told[w][update.port];
  require(process_of(w) == p, "a port was told by another process");
  require(input.interest == Interest::always ||
              (input.interest == Interest::while_holding && readers_[r].held[w] > 0),
          "a port was told that did not ask");
  require(update.version > last.version, "a port was told an old version");
  require(last.frontier.dominates_all(update.frontier), "a port was told an older frontier");
  last = update;
  ++frontiers_told_;
  if (r == 0) {
    input.on_the_way.push_back(update);
  }
}

// Takes down what a process shows now.
void ExchangeRun::show(std::size_t r, std::size_t p) {
  const Aggregator& aggregator = *readers_[r].aggregator;
  ProcessState& process = readers_[r].processes[p];
  const bool leads = !process.consolidator;
  if (leads ? !aggregator.started() : !process.consolidator->started()) {
    require(!process.published && (!leads || !model_.initialised(r)),
            "an aggregator does not start");
    return;
  }
  if (faulty(Fault::none)) {
    require(model_.initialised(r), "a frontier was shown before the start barrier");
  }
  std::vector<Antichain> now(topology_.locations());
  for (std::uint32_t l = 0; l < topology_.locations(); ++l) {
    const Location location(l);
    if (!leads && !listened_[l]) {
      continue;
    }
    now[l] = leads ? aggregator.frontier(location) : process.consolidator->frontier(location);
    require(
        !process.published || process.frontiers[l].dominates_all(now[l]),
        "the frontier of " + topology_.describe(location) + " moved back to " + to_string(now[l]));
  }
  process.frontiers = std::move(now);
  process.published = true;
  if (!faulty(Fault::none)) {
    return;
  }
  audit_agreement(r, p);
  audit_told(r, p);
}

void ExchangeRun::deliver_frontier(std::size_t w, std::size_t input, std::size_t which) {
  InputState& state = instances_[w].inputs[input];
  FrontierUpdate update = state.on_the_way[which];
  state.on_the_way.erase(state.on_the_way.begin() + static_cast<std::ptrdiff_t>(which));
  if (plant(Fault::stale_frontier_accepted, 3)) {
    update.frontier.clear();
  }
  state.view.apply(update);
}

}  // namespace eagre::progress
