// What an operator host does to the world: the other half of "event in, effects out". The actor
// shell carries effects out as messages; the plain loop puts them into queues.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/status.h"
#include "runtime/data/batch.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/failure.h"
#include "runtime/progress/antichain.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::dataflow {

// One virtual call a batch, never a record. Order is part of the contract: data that a progress
// batch accounts for is sent before the progress batch.
// Threads: confined to one actor.
class Effects {
 public:
  virtual ~Effects() = default;

  // Sends a batch over the edge `channel` to the instance on `worker`.
  virtual void send(std::uint32_t channel, std::uint32_t worker, data::Batch batch) = 0;
  // Gives byte credit back to the sender on `worker` at the other end of this host's `input`.
  virtual void give_credit(std::uint32_t input, std::uint32_t worker, std::uint64_t bytes) = 0;
  // The batch is good during the call.
  virtual void report(const progress::ProgressBatch& batch) = 0;
  virtual void answer(std::uint64_t ask, base::Result<data::Batch> answer) = 0;
  // Tells the driving program how far a probe has come.
  virtual void publish(std::uint32_t probe, const progress::Antichain& frontier) = 0;
  // Gives room for fed bytes back to the driving program.
  virtual void fed(std::uint64_t bytes) = 0;
  // What a checkpoint asked for: the epoch of a source, and what this instance keeps.
  virtual void source_at(std::uint64_t interval, std::uint64_t epoch) = 0;
  virtual void snapshot(std::uint64_t interval, data::Snapshot snapshot) = 0;
  virtual void fail(Failure failure) = 0;
};

}  // namespace eagre::dataflow
