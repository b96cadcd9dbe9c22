#include "runtime/progress/aggregator.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

namespace {

constexpr std::uint32_t kNobody = ~std::uint32_t{0};
// Least pointstamps named by describe_blocked().
constexpr std::size_t kMostNamed = 8;

// What is looked at: where somebody listens, and what the caller watches.
std::vector<Location> observed(const Topology& topology, const std::vector<Instance>& instances,
                               std::span<const Location> watched) {
  std::vector<Location> all(watched.begin(), watched.end());
  for (const Instance& instance : instances) {
    for (const InputPort& input : instance.inputs) {
      EAGRE_CHECK(input.location.value() < topology.locations(),
                  "reporter {}: there is no location {}", instance.id.value(),
                  input.location.value());
      if (input.interest != Interest::never) all.push_back(input.location);
    }
  }
  return all;
}

}  // namespace

const std::string& Aggregator::node_name(Location location) const {
  return topology_.node(topology_.port(location).node).name;
}

Aggregator::Aggregator(const Topology& topology, Generation generation,
                       std::vector<Instance> instances, std::span<const Location> watched)
    : topology_(topology),
      generation_(generation),
      tracker_(topology, observed(topology, instances, watched)),
      locations_(topology.locations()) {
  for (Instance& instance : instances) {
    const auto index = static_cast<std::uint32_t>(instances_.size());
    const std::size_t id = instance.id.value();
    if (by_reporter_.size() <= id) by_reporter_.resize(id + 1, kNobody);
    EAGRE_CHECK(by_reporter_[id] == kNobody, "two instances report as {}", id);
    by_reporter_[id] = index;
    InstanceState state;
    state.id = instance.id;
    state.outputs = std::move(instance.outputs);
    state.first_port = static_cast<std::uint32_t>(ports_.size());
    for (std::size_t i = 0; i < instance.inputs.size(); ++i) {
      const InputPort& input = instance.inputs[i];
      ports_.push_back(PortState{input.location, index, static_cast<std::uint32_t>(i),
                                 input.interest, false, 0});
      if (input.interest == Interest::while_holding) state.counts_held = true;
    }
    state.last_port = static_cast<std::uint32_t>(ports_.size());
    instances_.push_back(std::move(state));
  }
  // Listeners of each location side by side.
  for (std::uint32_t p = 0; p < ports_.size(); ++p) {
    if (ports_[p].interest != Interest::never) listeners_.push_back(p);
  }
  std::stable_sort(listeners_.begin(), listeners_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return ports_[a].location < ports_[b].location;
  });
  for (std::uint32_t i = 0; i < listeners_.size();) {
    const Location location = ports_[listeners_[i]].location;
    LocationState& state = locations_[location.value()];
    state.first_listener = i;
    while (i < listeners_.size() && ports_[listeners_[i]].location == location) ++i;
    state.last_listener = i;
    state.published.insert(Time::minimum(topology_.coordinates(location)));
  }
}

Aggregator::InstanceState& Aggregator::reporter_of(const ProgressBatch& batch) {
  const std::size_t id = batch.reporter.value();
  EAGRE_CHECK(id < by_reporter_.size() && by_reporter_[id] != kNobody,
              "progress came from reporter {}, whom nobody knows", id);
  return instances_[by_reporter_[id]];
}

void Aggregator::apply(const ProgressBatch& batch) {
  if (batch.generation < generation_) {
    ++stale_;
    return;
  }
  EAGRE_CHECK(batch.generation == generation_,
              "reporter {} is in generation {}, progress is tracked in generation {}",
              batch.reporter.value(), batch.generation.value(), generation_.value());
  InstanceState& instance = reporter_of(batch);
  EAGRE_CHECK(batch.sequence == instance.next_sequence,
              "progress batch {} of reporter {} came when batch {} was due: {}", batch.sequence,
              batch.reporter.value(), instance.next_sequence,
              batch.sequence < instance.next_sequence ? "it was heard before"
                                                      : "one before it is lost or late");
  const std::int64_t held_before = instance.held;
  for (const Change& change : batch.changes) {
    tracker_.update(change.at, change.time, change.diff);
    if (instance.counts_held && std::find(instance.outputs.begin(), instance.outputs.end(),
                                          change.at) != instance.outputs.end()) {
      instance.held += change.diff;
    }
  }
  if (instance.held > 0 && held_before <= 0) {
    began_holding_.push_back(static_cast<std::uint32_t>(&instance - instances_.data()));
  }
  if (instance.next_sequence++ == 0) ++registered_;
}

void Aggregator::collect() {
  if (!started()) return;
  tracker_.propagate();
  tracker_.drain_changed([this](Location location) { moved(location); });
  if (!published_once_) {
    // Locations that nothing reaches never changed: their frontier is empty from the start.
    published_once_ = true;
    for (std::uint32_t l = 0; l < locations_.size(); ++l) moved(Location(l));
  }
  for (std::uint32_t i : began_holding_) {
    for (std::uint32_t p = instances_[i].first_port; p < instances_[i].last_port; ++p) consider(p);
  }
  began_holding_.clear();
}

void Aggregator::moved(Location location) {
  LocationState& state = locations_[location.value()];
  if (state.first_listener == state.last_listener) return;
  const Antichain& frontier = tracker_.frontier(location);
  if (state.version > 0 && state.published == frontier) return;
  EAGRE_CHECK(state.published.dominates_all(frontier),
              "the frontier of {} would move back from {} to {}", topology_.describe(location),
              to_string(state.published), to_string(frontier));
  state.published = frontier;
  ++state.version;
  for (std::uint32_t i = state.first_listener; i < state.last_listener; ++i) {
    consider(listeners_[i]);
  }
}

void Aggregator::consider(std::uint32_t p) {
  PortState& port = ports_[p];
  if (port.due || port.interest == Interest::never ||
      port.told_version == locations_[port.location.value()].version) {
    return;
  }
  if (port.interest == Interest::while_holding && instances_[port.instance].held <= 0) return;
  port.due = true;
  due_.push_back(p);
}

const FrontierUpdate& Aggregator::describe_update(std::uint32_t p) {
  PortState& port = ports_[p];
  const LocationState& state = locations_[port.location.value()];
  port.due = false;
  port.told_version = state.version;
  ++told_;
  update_.generation = generation_;
  update_.version = state.version;
  update_.port = port.index;
  update_.frontier = state.published;
  return update_;
}

std::string Aggregator::describe_blocked() const {
  // What to say, with the time to sort it by: the earliest first.
  std::vector<std::pair<Time, std::string>> lines;
  if (!started()) {
    for (const InstanceState& instance : instances_) {
      if (instance.next_sequence > 0) continue;
      std::string name;
      if (instance.first_port < instance.last_port) {
        name = " (" + node_name(ports_[instance.first_port].location) + ")";
      } else if (!instance.outputs.empty()) {
        name = " (" + node_name(instance.outputs.front()) + ")";
      }
      lines.emplace_back(
          Time(), "instance " + std::to_string(instance.id.value()) + name + " has not registered");
    }
  }
  // The same counts, and every location looked at.
  Tracker everywhere(topology_);
  for (std::uint32_t l = 0; l < tracker_.locations(); ++l) {
    for (const CountedFrontier::Count& count : tracker_.counts(Location(l)).counts()) {
      everywhere.update(Location(l), count.time, count.count);
    }
  }
  everywhere.propagate();
  for (std::uint32_t l = 0; started() && l < tracker_.locations(); ++l) {
    const Location location(l);
    const bool is_input = topology_.port(location).is_input;
    for (const CountedFrontier::Count& count : everywhere.counts(location).counts()) {
      if (count.count <= 0 || everywhere.implied_by_others(location, count.time)) continue;
      lines.emplace_back(count.time, topology_.describe(location) + " at " + to_string(count.time) +
                                         ": " + std::to_string(count.count) +
                                         (is_input ? " in flight" : " held"));
    }
  }
  if (lines.empty()) return "nothing is held or in flight";
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return std::ranges::lexicographical_compare(a.first.coordinates(), b.first.coordinates());
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostNamed); ++i) {
    text += (i == 0 ? "" : "; ") + lines[i].second;
  }
  if (lines.size() > kMostNamed) {
    text += "; and " + std::to_string(lines.size() - kMostNamed) + " more";
  }
  return text;
}

}  // namespace eagre::progress
