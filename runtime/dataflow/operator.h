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
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/any_stage.h"
#include "runtime/dataflow/feed.h"

namespace eagre::dataflow {

class Context;

// How far a source is: the last epoch in which it could send, and whether it can still.
struct SourcePosition {
  std::uint64_t epoch = 0;
  bool ended = true;
};

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
  // now. Called only while outputs are not congested, and after Context::await_frontier only when a
  // frontier has moved.
  virtual bool poll(Context& context);

  // Input operators only.
  virtual void feed(const Feed& feed, Context& context);

  // A request from outside, between batches; the answer is computed from the state as it is.
  // Request and answer are batches of one record.
  virtual base::Result<data::Batch> ask(const data::Batch& request);

  // ---- checkpoints
  // Whether save() and restore() keep all that the operator has to remember. Where checkpoints are
  // taken, all operators must.
  virtual bool recovers() const { return false; }
  // Writes what it keeps. All that is due up to the checkpoint's epoch has been done: no capability
  // may be held at it or before it.
  virtual void save(data::SnapshotWriter& writer);
  // Whether it can be restored with more or fewer instances than there were. One whose input is all
  // gathered can in any case.
  virtual bool rescales() const { return false; }
  // After start(), before any other call: takes back what save() wrote, and the capabilities that
  // it held (Context::initial). Once; where the number of instances has changed, once for each that
  // there was, and it takes what is its own (SnapshotReader::owns_key).
  virtual void restore(data::SnapshotReader& reader, Context& context);
  // Sources only.
  virtual SourcePosition source_position() const;

  // The stages fused to this instance, in the order of HostSpec::stages; its host takes them.
  void fuse(std::unique_ptr<AnyStage> stage) { stages_.push_back(std::move(stage)); }
  std::vector<std::unique_ptr<AnyStage>> take_stages() { return std::move(stages_); }

 private:
  std::vector<std::unique_ptr<AnyStage>> stages_;
};

}  // namespace eagre::dataflow
