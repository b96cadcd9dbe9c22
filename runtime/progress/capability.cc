#include "runtime/progress/capability.h"

#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

Capability& Capability::operator=(Capability&& other) noexcept {
  if (this != &other) {
    drop();
    ledger_ = other.ledger_;
    time_ = other.time_;
    output_ = other.output_;
    held_ = std::exchange(other.held_, false);
  }
  return *this;
}

void Capability::fail_unheld(const char* use) const {
  EAGRE_FAIL("operator {}: {} of a capability after it was dropped or moved from ({})",
             ledger_ ? ledger_->name() : "(none)", use, to_string(time_));
}

const Time& Capability::time() const {
  check_held("time");
  return time_;
}

Location Capability::output() const {
  check_held("output");
  return output_;
}

Capability Capability::clone() const {
  check_held("clone");
  return ledger_->mint(output_, time_);
}

Capability Capability::delayed(const Time& time) const {
  check_held("delayed");
  EAGRE_CHECK(less_equal(time_, time),
              "operator {}: a capability at {} cannot be delayed to {}, which is not later",
              ledger_->name(), to_string(time_), to_string(time));
  return ledger_->mint(output_, time);
}

void Capability::downgrade(const Time& time) {
  check_held("downgrade");
  EAGRE_CHECK(less_equal(time_, time),
              "operator {}: a capability at {} cannot be downgraded to {}, which is not later",
              ledger_->name(), to_string(time_), to_string(time));
  ledger_->changes_.add(output_, time, +1);
  ledger_->changes_.add(output_, time_, -1);
  time_ = time;
}

bool Capability::try_downgrade(const Time& time) {
  check_held("try_downgrade");
  if (!less_equal(time_, time)) {
    return false;
  }
  downgrade(time);
  return true;
}

void Capability::drop() {
  if (!held_) {
    return;
  }
  held_ = false;
  --ledger_->held_;
  ledger_->changes_.add(output_, time_, -1);
}

CapabilityLedger::CapabilityLedger(std::string operator_name, std::uint32_t worker, NodePaths paths)
    : name_(std::move(operator_name) + " (worker " + std::to_string(worker) + ")"),
      paths_(std::move(paths)) {}

void CapabilityLedger::add_internal(Location input, Location output, PathSummary summary) {
  paths_.add_internal(input, output, std::move(summary));
}

void CapabilityLedger::add_edge(Location output, Location target, PathSummary summary) {
  paths_.add_edge(output, target, std::move(summary));
}

Capability CapabilityLedger::mint(Location output, const Time& time) {
  changes_.add(output, time, +1);
  ++held_;
  return Capability(*this, output, time);
}

Capability CapabilityLedger::initial(Location output, const Time& time) {
  EAGRE_CHECK(!started_,
              "operator {}: an initial capability for location {} at {} was asked for after the "
              "operator had registered",
              name_, output.value(), to_string(time));
  return mint(output, time);
}

void CapabilityLedger::begin_message(Location input, const Time& time) {
  EAGRE_CHECK(!at_work_, "operator {}: a message at {} began while one at {} was at work", name_,
              to_string(time), to_string(work_time_));
  at_work_ = true;
  work_input_ = input;
  work_time_ = time;
}

void CapabilityLedger::end_message() {
  EAGRE_CHECK(at_work_, "operator {}: a message ended that had not begun", name_);
  at_work_ = false;
}

Capability CapabilityLedger::from_message(Location input, const Time& message_time, Location output,
                                          const Time& time) {
  EAGRE_CHECK(at_work_ && work_input_ == input && work_time_ == message_time,
              "operator {}: a capability at {} was asked for from a message at {} of location {} "
              "that is not at work",
              name_, to_string(time), to_string(message_time), input.value());
  EAGRE_CHECK(paths_.internal_leads(input, message_time, output, time),
              "operator {}: no declared path leads from a message at {} of location {} to a "
              "capability at {} of location {}",
              name_, to_string(message_time), input.value(), to_string(time), output.value());
  return mint(output, time);
}

void CapabilityLedger::consume(Location input, const Time& time, std::int64_t count) {
  EAGRE_CHECK(count > 0, "operator {}: an empty message at {} was counted as consumed ({} records)",
              name_, to_string(time), count);
  EAGRE_CHECK(!at_work_ || (work_input_ == input && work_time_ == time),
              "operator {}: a message at {} of location {} was consumed while one at {} of "
              "location {} was at work",
              name_, to_string(time), input.value(), to_string(work_time_), work_input_.value());
  changes_.add(input, time, -count);
}

void CapabilityLedger::produce(Location target, const Time& time, std::int64_t count,
                               const Capability& support) {
  EAGRE_CHECK(count > 0, "operator {}: an empty message at {} was counted as sent ({} records)",
              name_, to_string(time), count);
  support.check_held("sending with the time");
  EAGRE_CHECK(support.ledger_.get() == this,
              "operator {}: a message at {} was sent with a capability of operator {}", name_,
              to_string(time), support.ledger_->name());
  EAGRE_CHECK(paths_.edge_leads(support.output_, support.time_, target, time),
              "operator {}: no edge leads from a capability at {} of location {} to a message at "
              "{} of location {}",
              name_, to_string(support.time_), support.output_.value(), to_string(time),
              target.value());
  changes_.add(target, time, +count);
}

std::vector<Change> CapabilityLedger::take_changes(std::vector<Change> storage) {
  EAGRE_CHECK(!at_work_, "operator {}: progress was reported while a message at {} was at work",
              name_, to_string(work_time_));
  started_ = true;
  return changes_.take(std::move(storage));
}

}  // namespace eagre::progress
