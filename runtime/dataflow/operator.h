// The operator contract: what a dataflow's user (or its library) implements. An operator is one
// instance on one worker; its host calls it, one call at a time, and owns everything around it:
// mailbox, progress accounting, routing, flow control. An operator may keep any state. It may send
// only with a capability (Context), and only during a call. This is the untyped contract, in whole
// batches; unary.h, binary.h and nary.h put records and types on it.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/data/batch.h"
#include "runtime/dataflow/any_stage.h"
#include "runtime/dataflow/feed.h"

namespace eagre::dataflow {

class Context;

// Every function may throw: that ends the dataflow with the operator's name, worker and time.
// Threads: confined to one actor.
class Operator {
 public:
  Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;
  virtual ~Operator() = default;

  // Once, before any other call. Only here may an operator that was declared a source take its
  // initial capabilities (Context::initial).
  virtual void start(Context& context);

  // A batch at `input`. Its time is held until the call returns: Context::retain makes it last.
  virtual void receive(std::uint32_t input, const data::Batch& batch, Context& context);

  // A frontier moved at an input in which this operator declared interest. Returns true if it has
  // more to do for this frontier and stopped because an output is congested; it is called again
  // when there is room.
  virtual bool advance(Context& context);

  // Sources only: produces some records (about one batch) and returns whether there may be more
  // now. Called only while outputs are not congested.
  virtual bool poll(Context& context);

  // Input operators only.
  virtual void feed(const Feed& feed, Context& context);

  // A request from outside, between batches; the answer is computed from the state as it is.
  // Request and answer are batches of one record.
  virtual base::Result<data::Batch> ask(const data::Batch& request);

  // The stages fused to this instance, in the order of HostSpec::stages; its host takes them.
  void fuse(std::unique_ptr<AnyStage> stage) { stages_.push_back(std::move(stage)); }
  std::vector<std::unique_ptr<AnyStage>> take_stages() { return std::move(stages_); }

 private:
  std::vector<std::unique_ptr<AnyStage>> stages_;
};

}  // namespace eagre::dataflow
