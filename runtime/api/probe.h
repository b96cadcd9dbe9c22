// A probe: how far a stream has come, seen from the driving program.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/api/driver.h"
#include "runtime/progress/antichain.h"
#include "runtime/progress/time.h"

namespace eagre::api {

// Cheap to copy. Threads: confined to the driving thread.
class Probe {
 public:
  // `coordinates`: of the times at the probe.
  Probe(std::shared_ptr<DriverSlot> slot, std::uint32_t id, std::uint32_t coordinates)
      : slot_(std::move(slot)), id_(id), coordinates_(coordinates) {}

  // Waits until everything before `time` is complete at the probe, on all workers. Throws
  // DataflowStopped if the dataflow ends by failure first, MisuseError if it is not running or
  // `time` is of another scope than the probe.
  void wait_until(const progress::Time& time) const;
  void wait_until(std::uint64_t epoch) const { wait_until(progress::Time{epoch}); }

  // Whether something at a time less than (less than or equal to) `time` may still come.
  bool less_than(const progress::Time& time) const;
  bool less_equal(const progress::Time& time) const;
  // Whether nothing more will come.
  bool done() const;
  progress::Antichain frontier() const;

 private:
  const progress::Antichain& latest() const;
  // Times of different scopes do not compare: an answer would be wrong, whatever it is.
  void check(const progress::Time& time) const;

  std::shared_ptr<DriverSlot> slot_;
  std::uint32_t id_;
  std::uint32_t coordinates_;
};

}  // namespace eagre::api
