// Random runs of the real protocol (ledgers, reporters, consolidators, aggregators, views) beside
// the reference model, on any topology with several instances of each node in each of several
// processes, in any order of deliveries that the protocol allows: every pair has its own route, in
// order and of any delay. After every step an audit compares:
//   Safe       no frontier shown to anybody passes anything that is held or in flight, anywhere
//   Mono       frontiers never go back
//   agreement  an aggregator's frontiers are those of what the model's reader has applied, and the
//              frontiers of a process those of the aggregator when nothing is on the way to it
//   interest   exactly the ports that asked are told, of every change
// and at the end, when everything is consumed, dropped and delivered:
//   liveness   all frontiers are empty, everywhere, and the dataflow is complete
// Faults can be planted in the harness around the real parts, to see that the audit has teeth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "runtime/progress/aggregator.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/consolidator.h"
#include "runtime/progress/frontier_delta.h"
#include "runtime/progress/frontier_view.h"
#include "runtime/progress/progress_sum.h"
#include "tests/progress/choices.h"
#include "tests/progress/exchange_model.h"
#include "tests/progress/withholding.h"

namespace eagre::progress {

// The seam for capabilities out of nothing.
struct CapabilityTestAccess {
  static Capability forge(CapabilityLedger& ledger, Location output, const Time& time) {
    return ledger.mint(output, time);
  }
};

enum class Fault {
  none,
  empty_batch_counted,        // an empty batch counts as one at the sender
  batch_not_counted,          // a batch goes around the produced count
  capability_from_frontier,   // held out of an input's frontier
  batch_lost_at_shutdown,     // the last progress batch of an instance never arrives
  frontier_before_barrier,    // instances count as registered before they are
  negative_first,             // a batch is split, its negatives overtake its positives
  batches_swapped,            // two batches of one reporter change places
  duplicate_delivery,         // a message is delivered and consumed twice
  stale_generation_accepted,  // a progress batch of the last generation is taken for one of this
  stale_frontier_accepted,    // a frontier of the last generation is taken for one of this
  positives_withheld,         // negatives are flushed, positives stay behind
  wrong_summary,              // the tracker was told that a node delays what it passes on

  // Between processes.
  sum_split,                // a sum is sent as two, its negatives first
  sum_before_registration,  // a process counts as registered before its instances are
  sums_swapped,             // two sums of one process change places
  sum_lost,                 // a sum never arrives
  stale_sum_accepted,       // a sum of the last generation is taken for one of this
  deltas_swapped,           // two deltas for one process change places
  delta_lost,               // a delta never arrives
  stale_delta_accepted,     // a delta of the last generation is taken for one of this
};

struct RunOptions {
  std::size_t processes = 1;
  // Instances of each node in each process.
  std::size_t workers = 2;
  // Trackers that hear everything, each with its own routes. Instances are told by the first.
  std::size_t readers = 2;
  Withholding withholding = Withholding::nothing;
  Fault fault = Fault::none;
};

class ExchangeRun {
 public:
  // Choices decide initial capabilities, interests, and every step.
  ExchangeRun(const Topology& topology, RunOptions options, Choices& choices);

  // Steps until the choices are used up, then finishes. Throws AuditFailure; broken invariants of
  // the real parts end as the check handler decides.
  void run();

  // Whether the fault took place.
  bool fault_planted() const { return planted_; }
  std::uint64_t messages_sent() const { return messages_sent_; }
  std::uint64_t batches_withheld() const { return batches_withheld_; }
  std::uint64_t sums_sent() const { return sums_sent_; }
  std::uint64_t frontiers_told() const { return frontiers_told_; }

 private:
  struct Message {
    Location target;
    Time time;
    std::int64_t count = 0;
    bool duplicate = false;
  };
  struct InputState {
    Location location;
    Interest interest = Interest::never;
    FrontierView view;
    // Told by reader 0 and on the way to the view.
    std::vector<FrontierUpdate> on_the_way;
  };
  struct InstanceState {
    NodeId node;
    std::shared_ptr<CapabilityLedger> ledger;
    WithholdingReporter reporter;
    std::vector<Capability> held;
    std::vector<Message> mailbox;
    std::vector<InputState> inputs;
    // Positives that a faulty instance did not report.
    std::vector<Change> kept_back;
  };
  // On the way to the leader.
  struct PostedSum {
    ProgressSum sum;
    // The instances whose batches it is made of, in order.
    std::vector<std::size_t> parts;
  };
  // What a reader has in each process.
  struct ProcessState {
    // Null in the leader.
    std::unique_ptr<Consolidator> consolidator;
    std::deque<PostedSum> sums;
    std::deque<FrontierDelta> deltas;
    // What it has heard and not flushed: whose batches, and their sum by the book.
    std::vector<std::size_t> heard;
    Counts heard_sum;
    // Next number of a transport that renumbers.
    std::uint64_t renumbered = 0;
    // What it has published, by location; those in which nobody has interest stay empty.
    std::vector<Antichain> frontiers;
    bool published = false;
  };
  struct ReaderState {
    std::unique_ptr<Aggregator> aggregator;
    std::vector<ProcessState> processes;
    // Per instance: batches on the way, and the next sequence number of a transport that renumbers.
    std::vector<std::deque<ProgressBatch>> routes;
    std::vector<std::uint64_t> renumbered;
    // The last update of each port.
    std::vector<std::vector<FrontierUpdate>> told;
    // Capabilities of each instance, as far as its process has heard.
    std::vector<std::int64_t> held;
  };

  static inline const Generation kGeneration{7};

  void add_instances();
  void add_reader(ReaderState& reader, const Topology& told);
  Topology declared(Choices& choices);
  void step();
  void step_between_processes(std::size_t r, std::size_t p);
  void activate(std::size_t w);
  void act(std::size_t w);
  void receive(std::size_t w);
  void keep(std::size_t w, Capability capability, const Pointstamp* message, bool allowed = true);
  void send(std::size_t w, std::size_t which);
  void drop(std::size_t w, std::size_t which);
  void change_capability(std::size_t w);
  void forge(std::size_t w);
  void report(std::size_t w, bool mailbox_dry);
  void post(std::size_t w, const ProgressBatch& batch);
  void deliver_progress(std::size_t r, std::size_t w);
  void hear(std::size_t r, std::size_t w, const ProgressBatch& batch);
  void flush(std::size_t r, std::size_t p);
  void deliver_sum(std::size_t r, std::size_t p);
  void hear(ReaderState& reader, std::size_t p, PostedSum posted);
  void deliver_delta(std::size_t r, std::size_t p);
  void publish(std::size_t r, std::size_t p);
  void tell(std::size_t r, std::size_t p, ReporterId id, const FrontierUpdate& update);
  void show(std::size_t r, std::size_t p);
  void deliver_frontier(std::size_t w, std::size_t input, std::size_t which);
  void deliver_some_progress(std::size_t r, std::size_t first);
  void finish();
  void finish_reader(std::size_t r);
  void drain_sums(std::size_t r, std::size_t p);
  void drain_deltas(std::size_t r, std::size_t p);

  void audit_safety() const;
  void audit_agreement(std::size_t r, std::size_t p) const;
  void audit_told(std::size_t r, std::size_t p) const;
  std::size_t workers() const { return options_.processes * options_.workers; }
  // The process of an instance: the workers of a process are side by side.
  std::size_t process_of(std::size_t w) const { return w % workers() / options_.workers; }
  bool faulty(Fault fault) const { return options_.fault == fault; }
  bool plant(Fault fault, std::size_t one_in);
  // `time`, later in one coordinate now and then.
  Time maybe_later(const Time& time);

  RunOptions options_;
  Choices& choices_;
  Topology topology_;
  ExchangeModel model_;
  std::vector<InstanceState> instances_;
  std::vector<Instance> described_;
  // Locations in which somebody has interest.
  std::vector<bool> listened_;
  std::vector<ReaderState> readers_;
  // The instance whose last batch is lost, if that is the fault.
  std::size_t unlucky_ = 0;
  bool finishing_ = false;
  bool planted_ = false;
  std::uint64_t messages_sent_ = 0;
  std::uint64_t sums_sent_ = 0;
  std::uint64_t batches_withheld_ = 0;
  std::uint64_t frontiers_told_ = 0;
};

}  // namespace eagre::progress
