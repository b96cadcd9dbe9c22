// What happens on the way: progress batches to the readers, frontiers back to the instances.
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
  if (route.size() > 1 && plant(Fault::batches_swapped, 2)) std::swap(route[0], route[1]);
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
  if (renumbers) heard.sequence = reader.renumbered[w]++;
  reader.aggregator->apply(heard);
  if (faulty(Fault::none)) model_.apply(r, w);
  const std::vector<Location>& outputs = topology_.node(instances_[w].node).outputs;
  for (const Change& change : heard.changes) {
    if (std::find(outputs.begin(), outputs.end(), change.at) != outputs.end()) {
      reader.held[w] += change.diff;
    }
  }
}

void ExchangeRun::publish(std::size_t r) {
  ReaderState& reader = readers_[r];
  reader.aggregator->publish([&](ReporterId id, const FrontierUpdate& update) {
    const std::size_t w = id.value();
    InputState& input = instances_[w].inputs[update.port];
    FrontierUpdate& last = reader.told[w][update.port];
    require(input.interest != Interest::never, "a port was told that never asked");
    require(update.version > last.version, "a port was told an old version");
    require(last.frontier.dominates_all(update.frontier), "a port was told an older frontier");
    last = update;
    ++frontiers_told_;
    if (r == 0) input.on_the_way.push_back(update);
  });
  if (!reader.aggregator->started()) {
    require(!reader.published && !model_.initialised(r), "an aggregator does not start");
    return;
  }
  if (faulty(Fault::none)) {
    require(model_.initialised(r), "a frontier was shown before the start barrier");
  }
  std::vector<Antichain> now;
  for (std::uint32_t l = 0; l < topology_.locations(); ++l) {
    now.push_back(reader.aggregator->frontier(Location(l)));
    require(!reader.published || reader.frontiers[l].dominates_all(now[l]),
            "the frontier of " + topology_.describe(Location(l)) + " moved back to " +
                to_string(now[l]));
  }
  reader.frontiers = std::move(now);
  reader.published = true;
  if (faulty(Fault::none)) audit_reader(r);
}

void ExchangeRun::deliver_frontier(std::size_t w, std::size_t input, std::size_t which) {
  InputState& state = instances_[w].inputs[input];
  FrontierUpdate update = state.on_the_way[which];
  state.on_the_way.erase(state.on_the_way.begin() + static_cast<std::ptrdiff_t>(which));
  if (plant(Fault::stale_frontier_accepted, 3)) update.frontier.clear();
  state.view.apply(update);
}

}  // namespace eagre::progress
