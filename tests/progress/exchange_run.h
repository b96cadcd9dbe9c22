// Random runs of the real protocol (ledgers, reporters, aggregators, views) beside the reference
// model, on any topology with several instances of each node, in any order of deliveries that the
// protocol allows. After every step an audit compares:
//   Safe       no frontier shown to anybody passes anything that is held or in flight, anywhere
//   Mono       frontiers never go back
//   agreement  an aggregator's frontiers are those of what the model's reader has applied
//   interest   exactly the ports that asked are told, of every change
// and at the end, when everything is consumed, dropped and delivered:
//   liveness   all frontiers are empty and the dataflow is complete
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
#include "runtime/progress/frontier_view.h"
#include "runtime/progress/reporter.h"
#include "tests/progress/choices.h"
#include "tests/progress/exchange_model.h"

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
};

struct RunOptions {
  std::size_t workers = 2;
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
    Reporter reporter;
    std::vector<Capability> held;
    std::vector<Message> mailbox;
    std::vector<InputState> inputs;
    // Positives that a faulty instance did not report.
    std::vector<Change> kept_back;
  };
  struct ReaderState {
    std::unique_ptr<Aggregator> aggregator;
    // Per instance: batches on the way, and the next sequence number of a transport that renumbers.
    std::vector<std::deque<ProgressBatch>> routes;
    std::vector<std::uint64_t> renumbered;
    // What it has published: all frontiers, and the last update of each port.
    std::vector<Antichain> frontiers;
    std::vector<std::vector<FrontierUpdate>> told;
    // Capabilities of each instance, as far as applied.
    std::vector<std::int64_t> held;
    bool published = false;
  };

  static inline const Generation kGeneration{7};

  Topology declared(Choices& choices);
  void step();
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
  void publish(std::size_t r);
  void deliver_frontier(std::size_t w, std::size_t input, std::size_t which);
  void finish();

  void audit_safety() const;
  void audit_reader(std::size_t r) const;
  bool faulty(Fault fault) const { return options_.fault == fault; }
  bool plant(Fault fault, std::size_t one_in);
  // `time`, later in one coordinate now and then.
  Time maybe_later(const Time& time);

  RunOptions options_;
  Choices& choices_;
  Topology topology_;
  ExchangeModel model_;
  std::vector<InstanceState> instances_;
  std::vector<ReaderState> readers_;
  // The instance whose last batch is lost, if that is the fault.
  std::size_t unlucky_ = 0;
  bool finishing_ = false;
  bool planted_ = false;
  std::uint64_t messages_sent_ = 0;
  std::uint64_t batches_withheld_ = 0;
  std::uint64_t frontiers_told_ = 0;
};

}  // namespace eagre::progress
