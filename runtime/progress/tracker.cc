#include "runtime/progress/tracker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

namespace {

LocationOrder checked_order(const Topology& topology) {
  const base::Status status = topology.validate();
  EAGRE_CHECK(status.ok(), "a tracker needs a valid topology: {}", status.message());
  return *LocationOrder::of(topology);
}

}  // namespace

Tracker::Tracker(const Topology& topology)
    : order_(checked_order(topology)), ports_(topology.locations()) {
  std::vector<const Path*> paths;
  for (const Path& path : topology.internals()) paths.push_back(&path);
  for (const Path& path : topology.edges()) paths.push_back(&path);
  std::stable_sort(paths.begin(), paths.end(),
                   [](const Path* a, const Path* b) { return a->from < b->from; });
  std::size_t next = 0;
  for (std::size_t l = 0; l < ports_.size(); ++l) {
    const Location location(static_cast<std::uint32_t>(l));
    ports_[l].coordinates = static_cast<std::uint32_t>(topology.coordinates(location));
    ports_[l].first_exit = static_cast<std::uint32_t>(exits_.size());
    for (; next < paths.size() && paths[next]->from == location; ++next) {
      exits_.push_back(
          Exit{paths[next]->to, paths[next]->summary.is_identity(), paths[next]->summary});
    }
    ports_[l].last_exit = static_cast<std::uint32_t>(exits_.size());
  }
}

void Tracker::update(Location at, const Time& time, std::int64_t diff) {
  EAGRE_CHECK(at.value() < ports_.size(), "there is no location {} (time {})", at.value(),
              to_string(time));
  Port& port = ports_[at.value()];
  EAGRE_CHECK(time.size() == port.coordinates,
              "time {} does not fit location {}, whose times have {} coordinates", to_string(time),
              at.value(), port.coordinates);
  const bool was_empty = port.counts.empty();
  for (const CountedFrontier::Move& move : port.counts.update(time, diff)) {
    push(at, move.time, move.diff);
  }
  nonempty_ += static_cast<std::size_t>(was_empty) - static_cast<std::size_t>(port.counts.empty());
}

void Tracker::push(Location at, const Time& time, std::int64_t diff) {
  work_.push_back(Work{time, at, diff});
  std::push_heap(work_.begin(), work_.end(),
                 [this](const Work& a, const Work& b) { return later(a, b); });
}

Tracker::Work Tracker::pop() {
  std::pop_heap(work_.begin(), work_.end(),
                [this](const Work& a, const Work& b) { return later(a, b); });
  Work work = std::move(work_.back());
  work_.pop_back();
  return work;
}

void Tracker::propagate() {
  while (!work_.empty()) {
    Work work = pop();
    while (!work_.empty() && work_.front().at == work.at && work_.front().time == work.time) {
      work.diff += pop().diff;
    }
    if (work.diff == 0) continue;
    ++steps_;
    Port& port = ports_[work.at.value()];
    const std::span<const CountedFrontier::Move> moves = port.implied.update(work.time, work.diff);
    if (moves.empty()) continue;
    if (!port.changed) {
      port.changed = true;
      changed_.push_back(work.at.value());
    }
    for (std::uint32_t i = port.first_exit; i < port.last_exit; ++i) {
      const Exit& exit = exits_[i];
      for (const CountedFrontier::Move& move : moves) {
        if (exit.identity) {
          push(exit.to, move.time, move.diff);
        } else if (const std::optional<Time> moved = exit.summary.apply(move.time)) {
          push(exit.to, *moved, move.diff);
        }
      }
    }
  }
}

bool Tracker::implied_by_others(Location at, const Time& time) const {
  const Port& port = ports_[at.value()];
  const bool own = port.counts.frontier().contains(time);
  return !port.implied.frontier().contains(time) || port.implied.count(time) > (own ? 1 : 0);
}

}  // namespace eagre::progress
