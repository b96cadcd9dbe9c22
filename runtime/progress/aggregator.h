// The progress actor's value where the tracker is: in the only process, or in the leader of
// several. Hears what every operator instance here did, and every other process as a whole, and
// says which frontiers to tell to whom.
//
// Laws: no frontier is shown before every instance, here and elsewhere, has registered (the start
// barrier); a batch is applied whole; batches of one reporter, and of one process, are heard once
// each and in order; frontiers only move forward. Hearing less than all is safe, hearing wrong is
// not: a gap, a repetition or a frontier that would move back ends the process, or, where another
// process may be to blame, is refused; then nothing is published any more.
// Source: Murray et al., "Naiad" (SOSP 2013), section 3.3; rules R1-R16 of docs/progress.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/progress/epoch_clock.h"
#include "runtime/progress/frontier_delta.h"
#include "runtime/progress/instance.h"
#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/progress_sum.h"
#include "runtime/progress/roster.h"
#include "runtime/progress/topology.h"
#include "runtime/progress/tracker.h"

namespace eagre::progress {

// Threads: value.
class Aggregator {
 public:
  // `instances`: those of this process. The topology must be valid. Reporter ids must be distinct
  // and small: memory is proportional to the largest. `watched`: locations at which the caller
  // wants to look, beside those in which an instance has interest. `processes`: of the cluster; all
  // have the same plan, hence instances with the same interests.
  Aggregator(const Topology& topology, Generation generation, std::vector<Instance> instances,
             std::span<const Location> watched = {}, std::size_t processes = 1);

  // A batch of an older generation is dropped and counted. One of a newer generation, of an unknown
  // reporter, out of sequence or with a pointstamp that does not exist ends the process.
  void apply(const ProgressBatch& batch);

  // Has frontiers keep to a clock from the start; before anything is applied or published.
  void keep_to(EpochClock clock);
  // Null if frontiers keep to none.
  EpochClock* clock() { return clock_ ? &*clock_ : nullptr; }
  // Moves the clock to `epoch` at least.
  void raise_clock(std::uint64_t epoch) { clock_->raise(tracker_, epoch); }

  // What another process tells. A sum of an older generation is dropped and counted. Refused, and
  // then nothing of it is applied: a newer generation (Code::refused), an unknown process, a
  // pointstamp that does not exist, a change of zero, one out of sequence (Code::input).
  base::Status apply(const ProgressSum& sum);

  // What is seen only when sums are added up: a frontier that would move back, more pointstamps
  // than can be counted; and the processes of which something was added up just before. Once there
  // is such a thing, publish() does nothing.
  struct Wrong {
    std::vector<ProcessId> from;
    std::string what;
  };
  const std::optional<Wrong>& wrong() const { return wrong_; }

  // Calls others(const FrontierDelta&) if there are other processes and a frontier moved of which
  // some of their instances may want to hear; every other process must get it, in order. Then calls
  // sink(ReporterId, const FrontierUpdate&) for every interested port here whose frontier differs
  // from what it was last told. Does nothing before the start barrier. Delta and update are only
  // valid during the call; neither function may call the aggregator.
  template <class Sink, class Others>
  void publish(Sink&& sink, Others&& others) {
    const FrontierDelta* const delta = wrong_ ? nullptr : collect();
    if (wrong_) {
      return;
    }
    if (delta != nullptr) {
      others(*delta);
    }
    roster_.publish(sink);
  }
  // The same where there is no other process.
  template <class Sink>
  void publish(Sink&& sink) {
    publish(sink, [](const FrontierDelta& delta) { nobody_tells(delta); });
  }

  // Every instance has registered, here and in the other processes.
  bool started() const { return roster_.registered() && registered_ == processes(); }
  // Started, and nothing is held or in flight anywhere: nothing will ever happen again.
  bool complete() const { return started() && tracker_.empty(); }

  // As of the last publish(). Of an input in which somebody has interest, or watched.
  const Antichain& frontier(Location location) const { return tracker_.frontier(location); }
  Generation generation() const { return roster_.generation(); }
  std::size_t processes() const { return next_sequence_.size(); }
  // Batches and sums dropped because of an older generation.
  std::uint64_t stale() const { return stale_ + roster_.stale(); }
  // Work done by propagation, and ports told here, so far.
  std::uint64_t steps() const { return tracker_.steps(); }
  std::uint64_t told() const { return roster_.told(); }

  // What everything waits for, for people: the instances here and the processes that have not
  // registered; then (as of the last publish()) the pointstamps that no other implies, by name, the
  // earliest times first.
  std::string describe_blocked() const;

 private:
  [[noreturn]] static void nobody_tells(const FrontierDelta& delta);
  base::Status check(const ProgressSum& sum) const;
  // Null if there is nothing to tell to other processes.
  const FrontierDelta* collect();
  void moved(Location location);
  void note_wrong(std::string what);
  void note(Location location, const Antichain& frontier);

  Roster roster_;
  Tracker tracker_;
  // Of each process; that of the leader is not used.
  std::vector<std::uint64_t> next_sequence_;
  // Processes of which sum 0 was heard; the leader counts as heard.
  std::size_t registered_ = 1;
  // The processes of which sums were added up since frontiers were last computed.
  std::vector<ProcessId> heard_;
  std::optional<Wrong> wrong_;
  std::optional<EpochClock> clock_;
  FrontierDelta delta_;
  // Storage for the moves of later deltas.
  std::vector<FrontierMove> spare_;
  bool published_once_ = false;
  std::uint64_t stale_ = 0;
};

}  // namespace eagre::progress
