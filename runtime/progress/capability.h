// The right to send. A capability for (output, t) lets its holder send at t and later on that
// output, and holds every frontier downstream back until it is downgraded or dropped.
//
// Law: a capability comes only from the initial ones, from the message that is being processed
// (along a declared internal path), or from one that is held, at its time or later; never from a
// frontier. Everything that is held, sent and consumed is in the ledger's changes, and leaves the
// instance in one batch per activation. A breach ends the process, naming the operator: a wrong
// frontier would be silent loss of data.
// Source: Brun et al., "Verified progress tracking for timely dataflow" (ITP 2021), section 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "runtime/progress/change_batch.h"
#include "runtime/progress/location.h"
#include "runtime/progress/node_paths.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

class CapabilityLedger;

// A reference to a ledger, which keeps itself alive while there are any. Copied with every
// capability, so it is counted without atomics.
// Threads: confined to one actor.
class LedgerRef {
 public:
  LedgerRef() = default;
  explicit LedgerRef(CapabilityLedger& ledger);
  LedgerRef(const LedgerRef& other);
  LedgerRef& operator=(const LedgerRef& other);
  ~LedgerRef();

  explicit operator bool() const { return ledger_ != nullptr; }
  CapabilityLedger* get() const { return ledger_; }
  CapabilityLedger* operator->() const { return ledger_; }

 private:
  CapabilityLedger* ledger_ = nullptr;
};

// Move-only. Using one that was dropped or moved from ends the process. May outlive its operator:
// what happens to it then is counted and never reported.
// Threads: confined to one actor.
class Capability {
 public:
  // Holds nothing.
  Capability() = default;
  // The ledger stays with `other`, too: a use of what was moved from can then name its operator.
  Capability(Capability&& other) noexcept
      : ledger_(other.ledger_),  // NOLINT(performance-move-constructor-init)
        time_(other.time_),
        output_(other.output_),
        held_(std::exchange(other.held_, false)) {}
  Capability& operator=(Capability&& other) noexcept;
  Capability(const Capability&) = delete;
  Capability& operator=(const Capability&) = delete;
  ~Capability() {
    if (held_) {
      drop();
    }
  }

  bool valid() const { return held_; }
  const Time& time() const;
  Location output() const;

  // Another one for the same output and time.
  Capability clone() const;
  // Another one at `time`, which must be at or after this one's.
  Capability delayed(const Time& time) const;
  // Moves this one to `time`, which must be at or after its own.
  void downgrade(const Time& time);
  // The same if `time` is at or after its own; else nothing happens.
  bool try_downgrade(const Time& time);
  // Gives it up; nothing happens if it is not valid.
  void drop();

 private:
  friend class CapabilityLedger;
  Capability(CapabilityLedger& ledger, Location output, const Time& time)
      : ledger_(ledger), time_(time), output_(output), held_(true) {}
  void check_held(const char* use) const {
    if (!held_) [[unlikely]] {
      fail_unheld(use);
    }
  }
  [[noreturn]] void fail_unheld(const char* use) const;

  // Kept after drop and move, so that a wrong use can name the operator.
  LedgerRef ledger_;
  Time time_;
  Location output_;
  bool held_ = false;
};

// The accounts of one operator instance. Must be owned by a shared_ptr (std::make_shared). The
// node's internal paths and edges must be declared before they are used.
// Threads: confined to one actor.
class CapabilityLedger : public std::enable_shared_from_this<CapabilityLedger> {
 public:
  // The names are for messages.
  CapabilityLedger(std::string operator_name, std::uint32_t worker, NodePaths paths = {});

  // What validate() saw: R14. `target` is the input at the other end of the edge.
  void add_internal(Location input, Location output, PathSummary summary);
  void add_edge(Location output, Location target, PathSummary summary);

  // At the start of the operator and when it is restored, before its first batch is reported.
  Capability initial(Location output, const Time& time);

  // Brackets the processing of one message (a batch of records at one time).
  void begin_message(Location input, const Time& time);
  void end_message();
  // From the message at work; an internal path must lead from it to (output, time) or before.
  Capability from_message(Location input, const Time& message_time, Location output,
                          const Time& time);

  // `count` records of the message were taken: the number in its envelope. Not while another
  // message is at work; in the same activation as its processing.
  void consume(Location input, const Time& time, std::int64_t count);
  // `count` records go to `target`, at the time they have there; an edge must lead there from
  // `support`. In the same activation as the sending.
  void produce(Location target, const Time& time, std::int64_t count, const Capability& support);

  // Live capabilities.
  std::size_t held() const { return held_; }
  // What happened since the changes were last taken. Reporter takes them; not while a message is
  // at work.
  const ChangeBatch& changes() const { return changes_; }
  // `storage` is used for what happens next.
  std::vector<Change> take_changes(std::vector<Change> storage = {});

  const NodePaths& paths() const { return paths_; }
  // "map (worker 3)".
  const std::string& name() const { return name_; }

 private:
  friend class Capability;
  friend class LedgerRef;
  friend struct CapabilityTestAccess;
  Capability mint(Location output, const Time& time);

  std::string name_;
  NodePaths paths_;
  ChangeBatch changes_;
  std::size_t held_ = 0;
  bool started_ = false;
  bool at_work_ = false;
  Location work_input_;
  Time work_time_;
  // Of LedgerRef; the ledger owns itself while there are any.
  std::size_t references_ = 0;
  std::shared_ptr<CapabilityLedger> self_;
};

inline LedgerRef::LedgerRef(CapabilityLedger& ledger) : ledger_(&ledger) {
  if (ledger.references_++ == 0) {
    ledger.self_ = ledger.shared_from_this();
  }
}

inline LedgerRef::LedgerRef(const LedgerRef& other) : ledger_(other.ledger_) {
  if (ledger_ != nullptr) {
    ++ledger_->references_;
  }
}

inline LedgerRef& LedgerRef::operator=(const LedgerRef& other) {
  LedgerRef copy(other);
  std::swap(ledger_, copy.ledger_);
  return *this;
}

inline LedgerRef::~LedgerRef() {
  if (ledger_ != nullptr && --ledger_->references_ == 0) {
    ledger_->self_.reset();
  }
}

}  // namespace eagre::progress
