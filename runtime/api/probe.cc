#include "runtime/api/probe.h"

namespace eagre::api {

void Probe::wait_until(const progress::Time& time) const {
  slot_->get("a probe").wait_until(id_, time);
}

bool Probe::less_than(const progress::Time& time) const {
  return frontier().less_than(time);
}

bool Probe::less_equal(const progress::Time& time) const {
  return frontier().less_equal(time);
}

bool Probe::done() const {
  return frontier().empty();
}

progress::Antichain Probe::frontier() const {
  return slot_->get("a probe").frontier(id_);
}

}  // namespace eagre::api
