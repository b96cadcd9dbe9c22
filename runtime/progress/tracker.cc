#include "runtime/progress/tracker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/progress/shortcuts.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

namespace {

// Places looked at one by one before the search goes by halves.
constexpr std::size_t kLinear = 16;

LocationOrder checked_order(const Topology& topology) {
  const base::Status status = topology.validate();
  EAGRE_CHECK(status.ok(), "a tracker needs a valid topology: {}", status.message());
  return *LocationOrder::of(topology);
}

std::vector<Location> all_of(const Topology& topology) {
  std::vector<Location> all;
  for (std::uint32_t l = 0; l < topology.locations(); ++l) {
    all.emplace_back(l);
  }
  return all;
}

}  // namespace

Tracker::Tracker(const Topology& topology) : Tracker(topology, all_of(topology)) {}

Tracker::Tracker(const Topology& topology, std::span<const Location> observed)
    : order_(checked_order(topology)), ports_(topology.locations()) {
  const Shortcuts shortcuts(topology, order_, observed);
  for (std::size_t l = 0; l < ports_.size(); ++l) {
    const Location location(static_cast<std::uint32_t>(l));
    Port& port = ports_[l];
    port.coordinates = static_cast<std::uint32_t>(topology.coordinates(location));
    port.kept = shortcuts.kept(location);
    port.first_exit = static_cast<std::uint32_t>(exits_.size());
    for (const Shortcuts::Exit& exit : shortcuts.exits(location)) {
      exits_.push_back(Exit{exit.to, exit.summary.is_identity(), exit.summary});
    }
    port.last_exit = static_cast<std::uint32_t>(exits_.size());
  }
}

const Antichain& Tracker::frontier(Location at) const {
  EAGRE_CHECK(ports_[at.value()].kept, "nobody looks at location {}", at.value());
  return ports_[at.value()].implied.frontier();
}

void Tracker::update(Location at, const Time& time, std::int64_t diff) {
  EAGRE_CHECK(at.value() < ports_.size(), "there is no location {} (time {})", at.value(),
              to_string(time));
  Port& port = ports_[at.value()];
  EAGRE_CHECK(time.size() == port.coordinates,
              "time {} does not fit location {}, whose times have {} coordinates", to_string(time),
              at.value(), port.coordinates);
  if (port.told != kNotTold && told_[port.told].time == time) {
    overflowed_ |= __builtin_add_overflow(told_[port.told].diff, diff, &told_[port.told].diff);
    return;
  }
  port.told = static_cast<std::uint32_t>(told_.size());
  told_.push_back(Change{at, time, diff});
}

void Tracker::add(const Change& change) {
  Port& port = ports_[change.at.value()];
  port.told = kNotTold;
  if (change.diff == 0) {
    return;
  }
  const bool was_empty = port.counts.empty();
  const std::span<const CountedFrontier::Move> moves = port.counts.update(change.time, change.diff);
  overflowed_ |= port.counts.overflowed();
  if (port.kept) {
    for (const CountedFrontier::Move& move : moves) {
      push(change.at, move.time, move.diff);
    }
  } else {
    pass_on(port, moves);
  }
  nonempty_ += static_cast<std::size_t>(was_empty) - static_cast<std::size_t>(port.counts.empty());
}

void Tracker::push(Location at, const Time& time, std::int64_t diff) {
  std::size_t place = queue_.size();
  for (std::size_t looked = 0; place != 0 && before(work_[queue_[place - 1]], at, time); --place) {
    if (++looked == kLinear) {
      const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(place);
      const auto found = std::lower_bound(queue_.begin(), end, 0, [&](std::uint32_t i, int) {
        return !before(work_[i], at, time);
      });
      place = static_cast<std::size_t>(found - queue_.begin());
      break;
    }
  }
  if (place != 0) {
    Work& same = work_[queue_[place - 1]];
    if (same.at == at && same.time == time) {
      same.diff += diff;
      return;
    }
  }
  std::uint32_t index;
  if (spare_.empty()) {
    index = static_cast<std::uint32_t>(work_.size());
    work_.push_back(Work{time, at, diff});
  } else {
    index = spare_.back();
    spare_.pop_back();
    Work& work = work_[index];
    work.time = time;
    work.at = at;
    work.diff = diff;
  }
  queue_.insert(queue_.begin() + static_cast<std::ptrdiff_t>(place), index);
}

void Tracker::pass_on(const Port& from, std::span<const CountedFrontier::Move> moves) {
  for (std::uint32_t i = from.first_exit; i < from.last_exit; ++i) {
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

void Tracker::propagate() {
  for (const Change& change : told_) {
    add(change);
  }
  told_.clear();
  while (!queue_.empty()) {
    const std::uint32_t index = queue_.back();
    queue_.pop_back();
    spare_.push_back(index);
    if (work_[index].diff == 0) {
      continue;
    }
    ++steps_;
    Port& port = ports_[work_[index].at.value()];
    const std::span<const CountedFrontier::Move> moves =
        port.implied.update(work_[index].time, work_[index].diff);
    if (moves.empty()) {
      continue;
    }
    if (!port.changed) {
      port.changed = true;
      changed_.push_back(work_[index].at.value());
    }
    pass_on(port, moves);
  }
}

bool Tracker::implied_by_others(Location at, const Time& time) const {
  const Port& port = ports_[at.value()];
  const bool own = port.counts.frontier().contains(time);
  return !port.implied.frontier().contains(time) || port.implied.count(time) > (own ? 1 : 0);
}

}  // namespace eagre::progress
