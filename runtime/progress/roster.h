// The operator instances of one process: which of them have registered, what of theirs is due next,
// and which of their input ports to tell of which frontier. Where frontiers come from is not its
// business: from a tracker (aggregator.h) or from another process (consolidator.h).
//
// Laws: batches of one reporter are heard once each and in order; frontiers only move forward; only
// ports whose frontier moved since they were last told, and whose instance asks for it, are told,
// and of the latest only. A gap, a repetition or a frontier that would move back ends the process.
// Source: Murray et al., "Naiad" (SOSP 2013), section 3.3; rules R1, R9, R13, R15 of
// docs/progress.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/frontier_view.h"
#include "runtime/progress/instance.h"
#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

// Threads: value.
class Roster {
 public:
  // Reporter ids must be distinct and small: memory is proportional to the largest.
  Roster(const Topology& topology, Generation generation, std::vector<Instance> instances);

  // Takes note of a batch; returns whether its changes count. One of an older generation is dropped
  // and counted. One of a newer generation, of an unknown reporter or out of sequence ends the
  // process.
  bool hear(const ProgressBatch& batch);

  // Some port here asks, always or at times, for the frontier of this location.
  bool listened(Location location) const {
    const LocationState& state = locations_[location.value()];
    return state.first_listener != state.last_listener;
  }
  // Where listened() holds: the frontier is now this one. `back`, and nothing changes, if it is not
  // at or after the one before.
  enum class Moved : unsigned char { no, yes, back };
  Moved move(Location location, const Antichain& frontier);
  // For messages: how it would move back.
  std::string describe_back(Location location, const Antichain& frontier) const;

  // Calls sink(ReporterId, const FrontierUpdate&) for every interested port whose frontier differs
  // from what it was last told. The update is only valid during the call; the sink must not call
  // the roster.
  template <class Sink>
  void publish(Sink&& sink) {
    if (!began_holding_.empty()) {
      consider_holders();
    }
    for (std::uint32_t port : due_) {
      if (const FrontierUpdate* update = tell(port)) {
        sink(instances_[ports_[port].instance].id, *update);
      }
    }
    due_.clear();
  }

  // Every instance has registered.
  bool registered() const { return registered_ == instances_.size(); }
  // Where listened() holds: the last one given to move(); before the first, the least time.
  const Antichain& frontier(Location location) const {
    return locations_[location.value()].published;
  }
  const Topology& topology() const { return topology_; }
  Generation generation() const { return generation_; }
  // Batches dropped because of an older generation.
  std::uint64_t stale() const { return stale_; }
  // Ports told so far.
  std::uint64_t told() const { return told_; }

  // "instance 3 (map) has not registered", one for each.
  std::vector<std::string> describe_missing() const;

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
    // Grows with every change of the published frontier; 0 before the first.
    std::uint64_t version = 0;
    Antichain published;
  };

  InstanceState& reporter_of(const ProgressBatch& batch);
  void count_held(InstanceState& instance, const ProgressBatch& batch);
  void list_listeners();
  // Whether the port wants to hear now.
  bool asks(const PortState& port) const {
    return port.interest == Interest::always ||
           (port.interest == Interest::while_holding && instances_[port.instance].held > 0);
  }
  void consider(std::uint32_t port);
  void consider_holders();
  const FrontierUpdate* tell(std::uint32_t port);

  Topology topology_;
  Generation generation_;
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
  std::uint64_t stale_ = 0;
  std::uint64_t told_ = 0;
};

}  // namespace eagre::progress
