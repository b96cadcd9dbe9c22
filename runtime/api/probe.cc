#include "runtime/api/probe.h"

#include <fmt/core.h>

namespace eagre::api {

void Probe::check(const progress::Time& time) const {
  if (time.size() != coordinates_) {
    throw dataflow::MisuseError(
        fmt::format("a probe of times with {} coordinates was asked about {}", coordinates_,
                    progress::to_string(time)));
  }
}

void Probe::wait_until(const progress::Time& time) const {
  check(time);
  slot_->get("a probe").wait_until(id_, time);
}

bool Probe::less_than(const progress::Time& time) const {
  check(time);
  return latest().less_than(time);
}

bool Probe::less_equal(const progress::Time& time) const {
  check(time);
  return latest().less_equal(time);
}

bool Probe::done() const {
  return latest().empty();
}

progress::Antichain Probe::frontier() const {
  return latest();
}

const progress::Antichain& Probe::latest() const {
  return slot_->get("a probe").frontier(id_);
}

}  // namespace eagre::api
