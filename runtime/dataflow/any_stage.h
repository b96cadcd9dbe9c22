// A stage: a stateless operator that runs inside the actor of the operator it reads from. It takes
// the records of one tap of an output and writes to taps of the same output, at the same time. It
// has no location, no capability and no mailbox of its own: progress does not know it. The untyped
// part; stage.h puts the record type on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/data/batch.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

class DeadLetters;
class OutputPort;

// What a stage throws is kept by its port (StageFailure) and ends the dataflow with the stage's
// name when the operator's call is over; until then no stage behind that operator does anything.
// Where records are isolated, a stage takes them one by one, and one for which it throws becomes a
// dead letter instead.
// Threads: confined to one actor.
class AnyStage {
 public:
  AnyStage();
  AnyStage(const AnyStage&) = delete;
  AnyStage& operator=(const AnyStage&) = delete;
  virtual ~AnyStage();

  // Once, before any other call. `first` is the number of the first tap that it writes; that is the
  // one of its dead letters, where records are isolated.
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
  bool isolates() const { return letters_ != nullptr; }
  // For use in a catch block, where records are isolated: leaves the record out, unless the stage
  // used the library against its contract.
  void leave_out(std::string_view record);

 private:
  OutputPort* port_ = nullptr;
  std::string name_;
  // Null where records are not isolated.
  std::unique_ptr<DeadLetters> letters_;
};

}  // namespace eagre::dataflow
