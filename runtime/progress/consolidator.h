// The progress actor's value in a process that is not the leader: adds up what its operator
// instances did, for the leader, and tells them the frontiers that come back.
//
// Laws: what goes to the leader is a sum of whole batches, everything heard up to then, and nothing
// goes before every instance here has registered; what comes from the leader is applied in order
// and only forward. Adding up is safe because the sum has the effect of its batches one after the
// other with no look in between; a part of it would not be. Source: Murray et al., "Naiad" (SOSP
// 2013), section 3.3; rules R1, R2, R11, R13 of docs/progress.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/progress/change_batch.h"
#include "runtime/progress/frontier_delta.h"
#include "runtime/progress/instance.h"
#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/progress_sum.h"
#include "runtime/progress/roster.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

// Threads: value. Nothing is allocated at rest.
class Consolidator {
 public:
  // `process` must not be the leader; `instances`: those of this process. Reporter ids must be
  // distinct and small: memory is proportional to the largest.
  Consolidator(const Topology& topology, Generation generation, ProcessId process,
               std::vector<Instance> instances);

  // A batch of an older generation is dropped and counted. One of a newer generation, of an unknown
  // reporter, out of sequence or with a pointstamp that does not exist ends the process.
  void apply(const ProgressBatch& batch);

  // All that was heard and is not yet flushed, for the leader; null if an instance has not yet
  // registered, or if there is nothing to tell. Must be called when no more batches wait. The sum
  // is good until the next call.
  const ProgressSum* flush();

  // What the leader tells. A delta of an older generation is dropped and counted. Refused, and then
  // nothing of it is applied: a newer generation (Code::refused), a pointstamp that does not exist,
  // a location in which no instance has interest, one out of order or before sum 0 of this process
  // was flushed (Code::input). One with a frontier that would move back is applied up to it, and
  // refused (Code::input).
  base::Status apply(const FrontierDelta& delta);

  // Calls sink(ReporterId, const FrontierUpdate&) for every interested port whose frontier differs
  // from what it was last told. The update is only valid during the call; the sink must not call
  // the consolidator.
  template <class Sink>
  void publish(Sink&& sink) {
    roster_.publish(sink);
  }

  // The leader has passed the start barrier and told of it.
  bool started() const { return version_ > 0; }
  // As of the last delta. Of an input in which somebody has interest.
  const Antichain& frontier(Location location) const { return roster_.frontier(location); }
  Generation generation() const { return roster_.generation(); }
  ProcessId process() const { return sum_.process; }
  // Batches and deltas dropped because of an older generation.
  std::uint64_t stale() const { return stale_ + roster_.stale(); }
  // Ports told so far.
  std::uint64_t told() const { return roster_.told(); }

  // The instances that have not registered, for people; empty if all have.
  std::vector<std::string> describe_missing() const { return roster_.describe_missing(); }

 private:
  base::Status check(const FrontierDelta& delta) const;

  Roster roster_;
  ChangeBatch heard_;
  // The last one that was flushed.
  ProgressSum sum_;
  std::uint64_t next_sequence_ = 0;
  // Of the last delta.
  std::uint64_t version_ = 0;
  std::uint64_t stale_ = 0;
};

}  // namespace eagre::progress
