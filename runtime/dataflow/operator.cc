#include "runtime/dataflow/operator.h"

#include "runtime/base/check.h"

namespace eagre::dataflow {

void Operator::start(Context&) {}

void Operator::receive(std::uint32_t input, const data::Batch&, Context&) {
  EAGRE_FAIL("a batch arrived at input {} of an operator that takes none", input);
}

bool Operator::advance(Context&) {
  return false;
}

bool Operator::poll(Context&) {
  return false;
}

void Operator::feed(const Feed&, Context&) {
  EAGRE_FAIL("a feed arrived at an operator that is no input");
}

void Operator::save(data::SnapshotWriter&) {
  EAGRE_FAIL("an operator that keeps its state to itself was asked to save it");
}

void Operator::restore(data::SnapshotReader&, Context&) {
  EAGRE_FAIL("an operator that keeps its state to itself was asked to restore it");
}

SourcePosition Operator::source_position() const {
  return {};
}

base::Result<data::Batch> Operator::ask(const data::Batch&) {
  return base::Status(base::Code::refused, "this operator answers no requests");
}

}  // namespace eagre::dataflow
