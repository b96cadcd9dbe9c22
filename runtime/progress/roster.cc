#include "runtime/progress/roster.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

namespace {

constexpr std::uint32_t kNobody = ~std::uint32_t{0};

}  // namespace

Roster::Roster(const Topology& topology, Generation generation, std::vector<Instance> instances)
    : topology_(topology), generation_(generation), locations_(topology.locations()) {
  for (Instance& instance : instances) {
    const auto index = static_cast<std::uint32_t>(instances_.size());
    const std::size_t id = instance.id.value();
    if (by_reporter_.size() <= id) {
      by_reporter_.resize(id + 1, kNobody);
    }
    EAGRE_CHECK(by_reporter_[id] == kNobody, "two instances report as {}", id);
    by_reporter_[id] = index;
    InstanceState state;
    state.id = instance.id;
    state.outputs = std::move(instance.outputs);
    state.first_port = static_cast<std::uint32_t>(ports_.size());
    for (std::size_t i = 0; i < instance.inputs.size(); ++i) {
      const InputPort& input = instance.inputs[i];
      EAGRE_CHECK(input.location.value() < topology_.locations(),
                  "reporter {}: there is no location {}", id, input.location.value());
      ports_.push_back(PortState{input.location, index, static_cast<std::uint32_t>(i),
                                 input.interest, false, 0});
      if (input.interest == Interest::while_holding) {
        state.counts_held = true;
      }
    }
    state.last_port = static_cast<std::uint32_t>(ports_.size());
    instances_.push_back(std::move(state));
  }
  list_listeners();
}

// Those of each location side by side.
void Roster::list_listeners() {
  for (std::uint32_t p = 0; p < ports_.size(); ++p) {
    if (ports_[p].interest != Interest::never) {
      listeners_.push_back(p);
    }
  }
  std::stable_sort(listeners_.begin(), listeners_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return ports_[a].location < ports_[b].location;
  });
  for (std::uint32_t i = 0; i < listeners_.size();) {
    const Location location = ports_[listeners_[i]].location;
    LocationState& state = locations_[location.value()];
    state.first_listener = i;
    while (i < listeners_.size() && ports_[listeners_[i]].location == location) {
      ++i;
    }
    state.last_listener = i;
    state.published.insert(Time::minimum(topology_.coordinates(location)));
  }
}

Roster::InstanceState& Roster::reporter_of(const ProgressBatch& batch) {
  const std::size_t id = batch.reporter.value();
  EAGRE_CHECK(id < by_reporter_.size() && by_reporter_[id] != kNobody,
              "progress came from reporter {}, whom nobody knows", id);
  return instances_[by_reporter_[id]];
}

bool Roster::hear(const ProgressBatch& batch) {
  if (batch.generation < generation_) {
    ++stale_;
    return false;
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
  if (instance.counts_held) {
    count_held(instance, batch);
  }
  if (instance.next_sequence++ == 0) {
    ++registered_;
  }
  return true;
}

void Roster::count_held(InstanceState& instance, const ProgressBatch& batch) {
  const std::int64_t held_before = instance.held;
  for (const Change& change : batch.changes) {
    if (std::find(instance.outputs.begin(), instance.outputs.end(), change.at) !=
        instance.outputs.end()) {
      instance.held += change.diff;
    }
  }
  if (instance.held > 0 && held_before <= 0) {
    began_holding_.push_back(static_cast<std::uint32_t>(&instance - instances_.data()));
  }
}

std::string Roster::describe_back(Location location, const Antichain& frontier) const {
  return fmt::format("the frontier of {} would move back from {} to {}",
                     topology_.describe(location), to_string(this->frontier(location)),
                     to_string(frontier));
}

Roster::Moved Roster::move(Location location, const Antichain& frontier) {
  LocationState& state = locations_[location.value()];
  if (state.version > 0 && state.published == frontier) {
    return Moved::no;
  }
  if (!state.published.dominates_all(frontier)) {
    return Moved::back;
  }
  state.published = frontier;
  ++state.version;
  for (std::uint32_t i = state.first_listener; i < state.last_listener; ++i) {
    consider(listeners_[i]);
  }
  return Moved::yes;
}

void Roster::consider(std::uint32_t p) {
  PortState& port = ports_[p];
  if (port.due || port.told_version == locations_[port.location.value()].version || !asks(port)) {
    return;
  }
  port.due = true;
  due_.push_back(p);
}

void Roster::consider_holders() {
  for (std::uint32_t i : began_holding_) {
    for (std::uint32_t p = instances_[i].first_port; p < instances_[i].last_port; ++p) {
      consider(p);
    }
  }
  began_holding_.clear();
}

// Null if its instance no longer holds what made it ask.
const FrontierUpdate* Roster::tell(std::uint32_t p) {
  PortState& port = ports_[p];
  port.due = false;
  if (!asks(port)) {
    return nullptr;
  }
  const LocationState& state = locations_[port.location.value()];
  port.told_version = state.version;
  ++told_;
  update_.generation = generation_;
  update_.version = state.version;
  update_.port = port.index;
  update_.frontier = state.published;
  return &update_;
}

std::vector<std::string> Roster::describe_missing() const {
  std::vector<std::string> missing;
  for (const InstanceState& instance : instances_) {
    if (instance.next_sequence > 0) {
      continue;
    }
    std::string name;
    const auto of = [this](Location location) {
      return " (" + topology_.node(topology_.port(location).node).name + ")";
    };
    if (instance.first_port < instance.last_port) {
      name = of(ports_[instance.first_port].location);
    } else if (!instance.outputs.empty()) {
      name = of(instance.outputs.front());
    }
    missing.push_back("instance " + std::to_string(instance.id.value()) + name +
                      " has not registered");
  }
  return missing;
}

}  // namespace eagre::progress
