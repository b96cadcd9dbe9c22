#include "runtime/dataflow/stage_operator.h"

#include <string>
#include <utility>

#include "runtime/dataflow/context.h"

namespace eagre::dataflow {

StageOperator::StageOperator(std::unique_ptr<AnyStage> stage) : stage_(std::move(stage)) {}

void StageOperator::start(Context& context) {
  stage_->bind(context.output(0), std::string(context.operator_name()), 0);
}

void StageOperator::receive(std::uint32_t, const data::Batch& batch, Context& context) {
  context.open_at_message(0);
  stage_->take(batch);
}

}  // namespace eagre::dataflow
