#include "runtime/progress/aggregator.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

namespace {

// Least pointstamps named by describe_blocked().
constexpr std::size_t kMostNamed = 8;

// What is looked at: where somebody listens, and what the caller watches.
std::vector<Location> observed(const Roster& roster, std::span<const Location> watched) {
  std::vector<Location> all(watched.begin(), watched.end());
  for (std::uint32_t l = 0; l < roster.topology().locations(); ++l) {
    if (roster.listened(Location(l))) {
      all.emplace_back(l);
    }
  }
  return all;
}

// The first few, and how many there are beside them.
std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostNamed); ++i) {
    text += (i == 0 ? "" : "; ") + lines[i];
  }
  if (lines.size() > kMostNamed) {
    text += "; and " + std::to_string(lines.size() - kMostNamed) + " more";
  }
  return text;
}

}  // namespace

Aggregator::Aggregator(const Topology& topology, Generation generation,
                       std::vector<Instance> instances, std::span<const Location> watched,
                       std::size_t processes)
    : roster_(topology, generation, std::move(instances)),
      tracker_(topology, observed(roster_, watched)),
      next_sequence_(processes, 0) {
  EAGRE_CHECK(processes > 0, "a dataflow runs in one process at least");
  delta_.generation = generation;
}

void Aggregator::apply(const ProgressBatch& batch) {
  if (!roster_.hear(batch)) {
    return;
  }
  for (const Change& change : batch.changes) {
    tracker_.update(change.at, change.time, change.diff);
  }
}

void Aggregator::keep_to(EpochClock clock) {
  clock_.emplace(std::move(clock));
  clock_->start(tracker_);
}

base::Status Aggregator::check(const ProgressSum& sum) const {
  const auto problem = [&](base::Code code, const std::string& what) {
    return base::Status(
        code, fmt::format("progress of process {} is refused: {}", sum.process.value(), what));
  };
  if (sum.process == kLeader || sum.process.value() >= processes()) {
    return problem(base::Code::input,
                   fmt::format("it is none of the {} others of this dataflow", processes() - 1));
  }
  if (sum.generation > generation()) {
    return problem(base::Code::refused,
                   fmt::format("it is of generation {}, progress is tracked in generation {}",
                               sum.generation.value(), generation().value()));
  }
  if (const std::uint64_t next = next_sequence_[sum.process.value()]; sum.sequence != next) {
    return problem(
        base::Code::input,
        fmt::format("sum {} came when sum {} was due: {}", sum.sequence, next,
                    sum.sequence < next ? "it was heard before" : "one before it is lost or late"));
  }
  for (const Change& change : sum.changes) {
    const base::Status exists = roster_.topology().check(change.at, change.time);
    if (!exists.ok()) {
      return problem(exists.code(), exists.message());
    }
    if (change.diff == 0) {
      return problem(base::Code::input, "a change of zero at " + to_string(change.time));
    }
  }
  return {};
}

base::Status Aggregator::apply(const ProgressSum& sum) {
  if (sum.generation < generation()) {
    ++stale_;
    return {};
  }
  base::Status status = check(sum);
  if (!status.ok()) {
    return status;
  }
  for (const Change& change : sum.changes) {
    tracker_.update(change.at, change.time, change.diff);
  }
  heard_.push_back(sum.process);
  if (next_sequence_[sum.process.value()]++ == 0) {
    ++registered_;
  }
  return {};
}

void Aggregator::nobody_tells(const FrontierDelta& delta) {
  EAGRE_FAIL("nobody tells the other processes the frontiers of version {}", delta.version);
}

void Aggregator::note_wrong(std::string what) {
  EAGRE_CHECK(!heard_.empty(), "{}", what);
  if (!wrong_) {
    std::sort(heard_.begin(), heard_.end());
    heard_.erase(std::unique(heard_.begin(), heard_.end()), heard_.end());
    wrong_ = Wrong{heard_, std::move(what)};
  }
}

const FrontierDelta* Aggregator::collect() {
  if (!started()) {
    return nullptr;
  }
  for (; !delta_.moves.empty(); delta_.moves.pop_back()) {
    spare_.push_back(std::move(delta_.moves.back()));
  }
  tracker_.propagate();
  if (clock_ && clock_->follow(tracker_)) {
    tracker_.propagate();
  }
  tracker_.drain_changed([this](Location location) { moved(location); });
  if (!published_once_) {
    // Locations that nothing reaches never changed: their frontier is empty from the start.
    published_once_ = true;
    for (std::uint32_t l = 0; l < tracker_.locations(); ++l) {
      moved(Location(l));
    }
  }
  if (tracker_.overflowed()) {
    note_wrong("more pointstamps than can be counted");
  }
  heard_.clear();
  if (delta_.moves.empty()) {
    return nullptr;
  }
  ++delta_.version;
  return &delta_;
}

void Aggregator::moved(Location location) {
  if (!roster_.listened(location)) {
    return;
  }
  const Antichain& frontier = tracker_.frontier(location);
  const Roster::Moved moved = roster_.move(location, frontier);
  if (moved == Roster::Moved::back) {
    note_wrong(roster_.describe_back(location, frontier));
  } else if (moved == Roster::Moved::yes && processes() > 1) {
    note(location, frontier);
  }
}

void Aggregator::note(Location location, const Antichain& frontier) {
  if (spare_.empty()) {
    delta_.moves.emplace_back();
  } else {
    delta_.moves.push_back(std::move(spare_.back()));
    spare_.pop_back();
  }
  delta_.moves.back().location = location;
  delta_.moves.back().frontier = frontier;
}

std::string Aggregator::describe_blocked() const {
  if (!started()) {
    std::vector<std::string> missing = roster_.describe_missing();
    for (std::size_t p = 1; p < processes(); ++p) {
      if (next_sequence_[p] == 0) {
        missing.push_back(fmt::format("process {} has not registered", p));
      }
    }
    return join(missing);
  }
  // The same counts, and every location looked at.
  const Topology& topology = roster_.topology();
  Tracker everywhere(topology);
  for (std::uint32_t l = 0; l < tracker_.locations(); ++l) {
    for (const CountedFrontier::Count& count : tracker_.counts(Location(l)).counts()) {
      everywhere.update(Location(l), count.time, count.count);
    }
  }
  everywhere.propagate();
  // What to say, with the time to sort it by: the earliest first.
  std::vector<std::pair<Time, std::string>> found;
  for (std::uint32_t l = 0; l < tracker_.locations(); ++l) {
    const Location location(l);
    const bool is_input = topology.port(location).is_input;
    for (const CountedFrontier::Count& count : everywhere.counts(location).counts()) {
      if (count.count <= 0 || everywhere.implied_by_others(location, count.time)) {
        continue;
      }
      found.emplace_back(count.time, topology.describe(location) + " at " + to_string(count.time) +
                                         ": " + std::to_string(count.count) +
                                         (is_input ? " in flight" : " held"));
    }
  }
  if (found.empty()) {
    return "nothing is held or in flight";
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::ranges::lexicographical_compare(a.first.coordinates(), b.first.coordinates());
  });
  std::vector<std::string> lines;
  lines.reserve(found.size());
  for (auto& [time, text] : found) {
    lines.push_back(std::move(text));
  }
  return join(lines);
}

}  // namespace eagre::progress
