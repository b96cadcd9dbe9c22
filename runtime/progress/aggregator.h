// The progress actor's value: hears what every operator instance did, keeps the tracker, and says
// which frontiers to tell to whom.
//
// Laws: no frontier is shown before every instance has registered (the start barrier); a batch is
// applied whole; batches of one reporter are heard once each and in order; frontiers only move
// forward; only ports whose frontier changed and whose instance asked for it are told. Hearing less
// than all is safe, hearing wrong is not: a gap, a repetition or a frontier that would move back
// ends the process.
// Source: Murray et al., "Naiad" (SOSP 2013), section 3.3; rules R1-R16 of docs/progress.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/progress/frontier_view.h"
#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/topology.h"
#include "runtime/progress/tracker.h"

namespace eagre::progress {

// When an input port wants to hear of its frontier.
enum class Interest {
  never,
  while_holding,  // while the instance holds a capability
  always,
};

struct InputPort {
  Location location;
  Interest interest = Interest::never;
};

// One operator instance, as the progress actor knows it.
struct Instance {
  ReporterId id;
  std::vector<InputPort> inputs;
  std::vector<Location> outputs;
};

// Threads: value.
class Aggregator {
 public:
  // The topology must be valid. Reporter ids must be distinct and small: memory is proportional to
  // the largest. `watched`: locations at which the caller wants to look, beside those in which an
  // instance has interest.
  Aggregator(const Topology& topology, Generation generation, std::vector<Instance> instances,
             std::span<const Location> watched = {});

  // A batch of an older generation is dropped and counted. One of a newer generation, of an unknown
  // reporter, out of sequence or with a pointstamp that does not exist ends the process.
  void apply(const ProgressBatch& batch);

  // Calls sink(ReporterId, const FrontierUpdate&) for every interested port whose frontier differs
  // from what it was last told. Does nothing before the start barrier. The update is only valid
  // during the call; the sink must not call the aggregator.
  template <class Sink>
  void publish(Sink&& sink) {
    collect();
    for (std::uint32_t port : due_) {
      const FrontierUpdate& update = describe_update(port);
      sink(instances_[ports_[port].instance].id, update);
    }
    due_.clear();
  }

  // Every instance has registered.
  bool started() const { return registered_ == instances_.size(); }
  // Started, and nothing is held or in flight anywhere: nothing will ever happen again.
  bool complete() const { return started() && tracker_.empty(); }

  // As of the last publish(). Of an input in which somebody has interest, or watched.
  const Antichain& frontier(Location location) const { return tracker_.frontier(location); }
  Generation generation() const { return generation_; }
  // Batches dropped because of an older generation.
  std::uint64_t stale() const { return stale_; }
  // Work done by propagation, and ports told, so far.
  std::uint64_t steps() const { return tracker_.steps(); }
  std::uint64_t told() const { return told_; }

  // What everything waits for, for people: the instances that have not registered; then (as of the
  // last publish()) the pointstamps that no other implies, by name, the earliest times first.
  std::string describe_blocked() const;

 private:
  struct InstanceState {
    ReporterId id;
    std::vector<Location> outputs;
    // Its ports: ports_[first_port, last_port).
    std::uint32_t first_port = 0;
    std::uint32_t last_port = 0;
    // Sum of the changes at its outputs: capabilities it said it holds.
    std::int64_t held = 0;
    std::uint64_t next_sequence = 0;
    // Holding makes a difference to what it is told.
    bool counts_held = false;
  };
  struct PortState {
    Location location;
    std::uint32_t instance = 0;
    std::uint32_t index = 0;
    Interest interest = Interest::never;
    bool due = false;
    // Version of the location's frontier it was last told.
    std::uint64_t told_version = 0;
  };
  struct LocationState {
    // Interested ports: listeners_[first_listener, last_listener).
    std::uint32_t first_listener = 0;
    std::uint32_t last_listener = 0;
    // Grows with every change of the published frontier; 0 before the start.
    std::uint64_t version = 0;
    Antichain published;
  };

  const std::string& node_name(Location location) const;
  InstanceState& reporter_of(const ProgressBatch& batch);
  void collect();
  void moved(Location location);
  void consider(std::uint32_t port);
  const FrontierUpdate& describe_update(std::uint32_t port);

  Topology topology_;
  Generation generation_;
  Tracker tracker_;
  std::vector<InstanceState> instances_;
  // Index of the instance of a reporter, or kNobody.
  std::vector<std::uint32_t> by_reporter_;
  std::vector<PortState> ports_;
  std::vector<LocationState> locations_;
  std::vector<std::uint32_t> listeners_;
  // Instances that began to hold since the last publish().
  std::vector<std::uint32_t> began_holding_;
  std::vector<std::uint32_t> due_;
  FrontierUpdate update_;
  std::size_t registered_ = 0;
  bool published_once_ = false;
  std::uint64_t stale_ = 0;
  std::uint64_t told_ = 0;
};

}  // namespace eagre::progress
