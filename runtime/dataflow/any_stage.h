// A stage: a stateless operator that runs inside the actor of the operator it reads from. It takes
// the records of one tap of an output and writes to taps of the same output, at the same time. It
// has no location, no capability and no mailbox of its own: progress does not know it. The untyped
// part; stage.h puts the record type on it.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/data/batch.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

class OutputPort;

// What a stage throws is kept by its port (StageFailure) and ends the dataflow with the stage's
// name when the operator's call is over; until then no stage behind that operator does anything.
// Threads: confined to one actor.
class AnyStage {
 public:
  AnyStage() = default;
  AnyStage(const AnyStage&) = delete;
  AnyStage& operator=(const AnyStage&) = delete;
  virtual ~AnyStage() = default;

  // Once, before any other call. `first` is the number of the first tap that it writes.
  void bind(OutputPort& port, std::string name, std::uint32_t first);

  // A whole batch at the port's open time.
  void take(const data::Batch& batch);

 protected:
  virtual void on_bind(OutputPort& port, std::uint32_t first) = 0;
  virtual void on_batch(const data::Batch& batch) = 0;

  // The time of the records at work.
  const progress::Time& time() const;
  bool failed() const;
  // For use in a catch block.
  void fail();

 private:
  OutputPort* port_ = nullptr;
  std::string name_;
};

}  // namespace eagre::dataflow
