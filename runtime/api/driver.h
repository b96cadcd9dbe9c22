// The running dataflow as the program that drives it sees it: what input handles feed and probes
// watch. Actors implement it for real runs, the plain loop for tests.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "runtime/base/status.h"
#include "runtime/dataflow/failure.h"
#include "runtime/dataflow/feed.h"
#include "runtime/progress/antichain.h"

namespace eagre::api {

// Thrown into the driving function when the dataflow fails or stops under it; execute() catches it
// and reports the dataflow's own error.
class DataflowStopped : public std::runtime_error {
 public:
  DataflowStopped() : std::runtime_error("the dataflow has stopped") {}
};

// Threads: as the implementation says.
class Driver {
 public:
  virtual ~Driver() = default;
  // Of all processes.
  virtual std::uint32_t workers() const = 0;
  // The workers whose inputs this process feeds: `own_workers` from `first_worker` on.
  virtual std::uint32_t first_worker() const = 0;
  virtual std::uint32_t own_workers() const = 0;
  // Whether the driving function runs here: in one process of a dataflow.
  virtual bool leads() const = 0;
  // Hands `feed` to the input operator's instance on `worker`. Waits while that input has more
  // than its inbox budget outstanding. Throws DataflowStopped.
  virtual void feed(std::uint32_t node, std::uint32_t worker, dataflow::Feed feed) = 0;
  // The latest frontier of the probe; good until the next call.
  virtual const progress::Antichain& frontier(std::uint32_t probe) = 0;
  // Waits until no element of the probe's frontier is less than `time`. Throws DataflowStopped.
  virtual void wait_until(std::uint32_t probe, const progress::Time& time) = 0;
  // What stands for the actor of an operator instance; null where there are no actors.
  virtual std::shared_ptr<const void> actor(std::uint32_t node, std::uint32_t worker) = 0;
  // Asks an operator instance and waits for its answer.
  virtual base::Result<data::Batch> ask(std::uint32_t node, std::uint32_t worker,
                                        data::Batch request) = 0;
};

// Where handles find the driver: set while the dataflow runs.
// Threads: confined to the driving thread.
struct DriverSlot {
  Driver* driver = nullptr;
  // Throws MisuseError if the dataflow is not running.
  Driver& get(const std::string& what) const;
};

}  // namespace eagre::api
