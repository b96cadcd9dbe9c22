#include "runtime/progress/consolidator.h"

#include <fmt/core.h>

#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

Consolidator::Consolidator(const Topology& topology, Generation generation, ProcessId process,
                           std::vector<Instance> instances)
    : roster_(topology, generation, std::move(instances)) {
  EAGRE_CHECK(process != kLeader, "process {} leads: the tracker is there", process.value());
  sum_.generation = generation;
  sum_.process = process;
}

void Consolidator::apply(const ProgressBatch& batch) {
  if (!roster_.hear(batch)) {
    return;
  }
  for (const Change& change : batch.changes) {
    const base::Status exists = roster_.topology().check(change.at, change.time);
    EAGRE_CHECK(exists.ok(), "reporter {}: {}", batch.reporter.value(), exists.message());
    heard_.add(change);
  }
}

const ProgressSum* Consolidator::flush() {
  if (!roster_.registered() || (next_sequence_ > 0 && heard_.empty())) {
    return nullptr;
  }
  sum_.sequence = next_sequence_++;
  sum_.changes = heard_.take(std::move(sum_.changes));
  return &sum_;
}

namespace {

base::Status refused(const FrontierDelta& delta, base::Code code, const std::string& what) {
  return {code, fmt::format("frontiers of version {} are refused: {}", delta.version, what)};
}

}  // namespace

base::Status Consolidator::check(const FrontierDelta& delta) const {
  const auto problem = [&](base::Code code, const std::string& what) {
    return refused(delta, code, what);
  };
  if (delta.generation > generation()) {
    return problem(base::Code::refused,
                   fmt::format("they are of generation {}, this is {}", delta.generation.value(),
                               generation().value()));
  }
  if (delta.version != version_ + 1) {
    return problem(base::Code::input,
                   fmt::format("version {} was due: {}", version_ + 1,
                               delta.version <= version_ ? "they were heard before"
                                                         : "some before them are lost"));
  }
  if (next_sequence_ == 0) {
    return problem(base::Code::input,
                   fmt::format("process {} has not registered", process().value()));
  }
  const Topology& topology = roster_.topology();
  for (const FrontierMove& move : delta.moves) {
    // Of an empty frontier the location alone.
    base::Status exists = topology.check(move.location);
    for (const Time& time : move.frontier) {
      if (exists.ok()) {
        exists = topology.check(move.location, time);
      }
    }
    if (!exists.ok()) {
      return problem(exists.code(), exists.message());
    }
    if (!roster_.listened(move.location)) {
      return problem(base::Code::input, fmt::format("nobody here asks for that of {}; do all "
                                                    "processes run the same plan?",
                                                    topology.describe(move.location)));
    }
  }
  return {};
}

base::Status Consolidator::apply(const FrontierDelta& delta) {
  if (delta.generation < generation()) {
    ++stale_;
    return {};
  }
  base::Status status = check(delta);
  if (!status.ok()) {
    return status;
  }
  version_ = delta.version;
  for (const FrontierMove& move : delta.moves) {
    if (roster_.move(move.location, move.frontier) == Roster::Moved::back) {
      return refused(delta, base::Code::input, roster_.describe_back(move.location, move.frontier));
    }
  }
  return {};
}

}  // namespace eagre::progress
