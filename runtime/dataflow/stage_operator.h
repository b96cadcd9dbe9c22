// A stage as an operator of its own: where there is no operator of the same actor to run it behind.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/dataflow/any_stage.h"
#include "runtime/dataflow/operator.h"

namespace eagre::dataflow {

// Has one input, and one output whose first taps are the stage's.
// Threads: confined to one actor.
class StageOperator final : public Operator {
 public:
  explicit StageOperator(std::unique_ptr<AnyStage> stage);

  void start(Context& context) override;
  void receive(std::uint32_t input, const data::Batch& batch, Context& context) override;
  // Stages keep nothing.
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void save(data::SnapshotWriter&) override {}
  void restore(data::SnapshotReader&, Context&) override {}

 private:
  std::unique_ptr<AnyStage> stage_;
};

}  // namespace eagre::dataflow
