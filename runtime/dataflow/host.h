// The operator host: event in, effects out. It is the value inside an operator actor: it knows the
// protocol (progress accounting, frontiers, credit, order of events) and no address, thread or
// clock. A whole dataflow of hosts runs in a plain loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/data/batch.h"
#include "runtime/data/credit.h"
#include "runtime/dataflow/context.h"
#include "runtime/dataflow/effects.h"
#include "runtime/dataflow/event_queue.h"
#include "runtime/dataflow/feed.h"
#include "runtime/dataflow/host_spec.h"
#include "runtime/dataflow/operator.h"
#include "runtime/dataflow/restored.h"
#include "runtime/progress/frontier_view.h"
#include "runtime/progress/reporter.h"

namespace eagre::dataflow {

// Laws: everything sent or held in one run() is reported in one progress batch, after the data
// (R2, R5). While an output is congested no data is taken; frontiers, credit and asks' places in
// the queue are. An exception of the operator becomes one Failure, after which the host is dead:
// it takes events and does nothing.
// Threads: confined to one actor.
class OperatorHost {
 public:
  OperatorHost(HostSpec spec, std::unique_ptr<Operator> op, Effects& effects);
  ~OperatorHost();
  OperatorHost(const OperatorHost&) = delete;
  OperatorHost& operator=(const OperatorHost&) = delete;

  // Starts the operator, with what it kept if it is restored, and registers the instance (its first
  // report, empty or not).
  void start(const Restored* restored = nullptr);

  // Events. They are only taken down, also before start(); run() works them off.
  // `charge`: the bytes of credit that the sender took for the batch.
  void deliver(std::uint32_t input, std::uint32_t sender, data::Batch batch, std::uint64_t charge);
  // The same from a sender in this process.
  void deliver(std::uint32_t input, std::uint32_t sender, data::Batch batch) {
    const std::uint64_t charge = batch.footprint();
    deliver(input, sender, std::move(batch), charge);
  }
  void frontier(const progress::FrontierUpdate& update);
  // Code::input, and nothing changes, if the host has no such edge, or not so much is outstanding.
  base::Status credit(std::uint32_t channel, std::uint32_t worker, std::uint64_t bytes);
  void feed(Feed feed);
  // To a source with a rate: it may read so many input records, instead of what was left.
  void allow(std::uint64_t records);
  // A source waits for its frontier, which has not moved for a while: from now on it may be twice
  // as far ahead, since some operators let go of an epoch only when they have seen much later ones.
  // Returns whether that lets it go on.
  bool go_further();
  // Refused at once when kMaxAsks are waiting.
  void ask(std::uint64_t id, data::Batch request);

  // Checkpoints (docs/checkpoints.md). Each host counts them: its interval is the number of the
  // next one it takes part in. These come in the order in which the coordinator gave them, and a
  // boundary before any frontier beyond it (rule P).
  // To a source: say where you are, and stay in that epoch until the boundary comes.
  void ask_epoch(std::uint64_t interval);
  // What belongs to `epoch` and before is in the checkpoint, nothing else.
  void boundary(std::uint64_t interval, std::uint64_t epoch);
  // The checkpoint is not to be.
  void abort(std::uint64_t interval);

  // Works until nothing is left, an output is congested or the quantum is used; then sends all
  // that is open and reports. Returns whether run() should be called again without a new event.
  bool run();

  const HostSpec& spec() const { return spec_; }
  bool dead() const { return dead_; }
  // A source that has not ended.
  bool polling() const { return polling_ && !dead_; }
  // A source that waits for its frontier.
  bool awaits_frontier() const { return polling() && context_.awaits_frontier_; }
  // Grows with every move of a frontier.
  std::uint64_t moves() const { return context_.moves(); }
  // Calls of run() that had something to do, the start not counted.
  std::uint64_t activations() const { return activations_; }
  std::uint64_t records_in() const { return records_in_; }
  // Input records that a source has read.
  std::uint64_t inputs() const { return context_.inputs_; }
  // Batches of another generation, which were dropped.
  std::uint64_t stale() const { return stale_; }
  std::uint64_t interval() const { return interval_; }
  // For audits: the live capabilities and what is not yet reported, what is known of an input's
  // frontier, and the batches that were delivered and not yet processed, f(input, batch).
  const progress::CapabilityLedger& ledger() const { return *ledger_; }
  const progress::Antichain& known_frontier(std::uint32_t input) const {
    return context_.frontier(input);
  }
  template <class F>
  void for_each_waiting(F&& f) const;

  static constexpr std::size_t kMaxAsks = 1024;

 private:
  struct Delivery {
    std::uint32_t input = 0;
    std::uint32_t sender = 0;
    data::Batch batch;
    std::uint64_t charge = 0;
    // Its bytes were given back already.
    bool credited = false;
  };
  struct Ask {
    std::uint64_t id = 0;
    data::Batch request;
  };
  using Event = std::variant<Delivery, Feed, Ask>;

  bool has_work() const;
  bool cut_due() const;
  bool is_behind(std::uint64_t epoch) const;
  void cut();
  void enter(std::uint64_t interval);
  void moved();
  bool polls() const;
  void work();
  void handle(Event& event);
  void put_off(Delivery& delivery, std::vector<Delivery>& waiting);
  void process(const Delivery& delivery);
  void answer(const Ask& ask);
  void consumed(const Delivery& delivery);
  void release_epochs();
  bool epoch_reached(std::uint64_t epoch) const;
  std::uint64_t least_epoch() const;
  void restore(const RestoredPart& part);
  void settle();
  template <class F>
  void guarded(F&& f);
  void fail(base::Code code, std::string what);
  // What askers of a dead host are told.
  base::Status failed() const;

  HostSpec spec_;
  Effects& effects_;
  std::shared_ptr<progress::CapabilityLedger> ledger_;
  progress::Reporter reporter_;
  Context context_;
  std::unique_ptr<Operator> operator_;
  EventQueue<Event> inbox_;
  // Batches of epochs that the frontiers have not reached, by epoch.
  std::map<std::uint64_t, std::vector<Delivery>> early_;
  // Batches of later intervals than this host's.
  std::vector<Delivery> stash_;
  std::uint64_t interval_;
  // Credit to give back, by input and sending worker.
  std::vector<std::vector<data::CreditReceiver>> credits_;
  // Of the batch at work, or the last one.
  std::uint32_t sender_ = 0;
  std::size_t asks_ = 0;
  bool started_ = false;
  bool frontier_moved_ = false;
  bool polling_ = false;
  bool dead_ = false;
  std::uint64_t activations_ = 0;
  std::uint64_t records_in_ = 0;
  std::uint64_t stale_ = 0;
};

template <class F>
void OperatorHost::for_each_waiting(F&& f) const {
  for (const Event& event : inbox_) {
    if (const auto* delivery = std::get_if<Delivery>(&event)) {
      f(delivery->input, delivery->batch);
    }
  }
  for (const auto& [epoch, deliveries] : early_) {
    for (const Delivery& delivery : deliveries) {
      f(delivery.input, delivery.batch);
    }
  }
  for (const Delivery& delivery : stash_) {
    f(delivery.input, delivery.batch);
  }
}

}  // namespace eagre::dataflow
