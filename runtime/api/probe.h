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
  Probe(std::shared_ptr<DriverSlot> slot, std::uint32_t id) : slot_(std::move(slot)), id_(id) {}

  // Waits until everything before `time` is complete at the probe, on all workers. Throws
  // DataflowStopped if the dataflow ends by failure first, MisuseError if it is not running.
  void wait_until(const progress::Time& time) const;
  void wait_until(std::uint64_t epoch) const { wait_until(progress::Time{epoch}); }

  // Whether something at a time less than (less than or equal to) `time` may still come.
  bool less_than(const progress::Time& time) const;
  bool less_equal(const progress::Time& time) const;
  // Whether nothing more will come.
  bool done() const;
  progress::Antichain frontier() const;

 private:
  std::shared_ptr<DriverSlot> slot_;
  std::uint32_t id_;
};

}  // namespace eagre::api
