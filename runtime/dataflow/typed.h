// What all typed operators share: the context they are called in, and notifications.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/context.h"
#include "runtime/dataflow/notificator.h"
#include "runtime/dataflow/operator.h"
#include "runtime/state/states.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
class TypedOperator : public Operator {
 public:
  std::uint32_t worker() const { return context_->worker(); }
  std::uint32_t workers() const { return context_->workers(); }
  const progress::Antichain& frontier(std::uint32_t input = 0) const {
    return context_->frontier(input);
  }
  // Whether nothing more will come at `time` or before it, at any input.
  bool complete(const progress::Time& time) const { return context_->complete(time); }
  // Asks for on_notify at the capability's time, once that time is complete.
  void notify_at(progress::Capability capability) {
    EAGRE_CHECK(context_->told_of_frontiers(),
                "operator \"{}\" asked for a notification and declared no interest in any input's "
                "frontier (kInterest): it would never come",
                context_->operator_name());
    if (!delivering_ && context_->complete(capability.time())) {
      context_->request_advance();
    }
    notificator_.notify_at(std::move(capability));
  }
  bool notify_pending(const progress::Time& time) const { return notificator_.pending(time); }
  // How on_notify is ordered where times do not compare (inside loops). For on_start.
  void set_notify_order(NotifyOrder order) { notificator_.set_order(order); }

  // An operator with states is taken to keep nothing else. One that does says itself what it can.
  bool recovers() const override { return !states_.empty(); }
  bool rescales() const override { return !states_.empty(); }
  void save(data::SnapshotWriter& writer) final {
    notificator_.save(writer);
    states_.save(writer, worker(), workers());
    on_save(writer);
  }
  void restore(data::SnapshotReader& reader, Context& context) final {
    reader.section<data::SavedTime>([&](const data::SavedTime& time) {
      notify_at(context.initial(0, data::from_saved(time)));
    });
    states_.restore(reader);
    on_restore(reader);
  }

 protected:
  // Once, when the instance starts.
  virtual void on_start() {}
  // Where its states (runtime/state/views.h) are declared, as members.
  state::States& states() { return states_; }
  // What else the operator keeps, for recovers(), but for what it asked to be notified of, which is
  // kept for it. Other capabilities come back by context().initial().
  virtual void on_save(data::SnapshotWriter& /*writer*/) {}
  virtual void on_restore(data::SnapshotReader& /*reader*/) {}

  Context& context() const { return *context_; }
  void set_context(Context& context) { context_ = &context; }
  // What comes next is done at this time.
  void set_epoch_of(const progress::Time& time) { states_.set_epoch(time[0]); }

  // The least complete notification that was asked for, if any.
  std::optional<progress::Capability> next_notification() {
    std::optional<progress::Capability> next = notificator_.next(*context_);
    if (next) {
      context_->work_at(next->time());
      set_epoch_of(next->time());
    }
    return next;
  }

  // Delivers complete notifications to f(Capability), least first, until there are none or an
  // output is congested; returns whether there are more.
  template <class F>
  bool deliver(F&& f) {
    // What f itself asks for is seen in the next turn.
    delivering_ = true;
    std::optional<progress::Capability> capability;
    while (!context_->congested() && (capability = next_notification())) {
      f(std::move(*capability));
    }
    delivering_ = false;
    return context_->congested();
  }

 private:
  Context* context_ = nullptr;
  Notificator notificator_;
  state::States states_;
  bool delivering_ = false;
};

}  // namespace eagre::dataflow
