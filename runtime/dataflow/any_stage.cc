#include "runtime/dataflow/any_stage.h"

#include <exception>
#include <utility>

#include "runtime/dataflow/dead_letters.h"
#include "runtime/dataflow/output_port.h"
#include "runtime/progress/event_time.h"

namespace eagre::dataflow {

AnyStage::AnyStage() = default;
AnyStage::~AnyStage() = default;

void AnyStage::bind(OutputPort& port, std::string name, std::uint32_t first) {
  port_ = &port;
  name_ = std::move(name);
  if (port.isolates()) {
    letters_ = std::make_unique<DeadLetters>(port, first++);
  }
  on_bind(port, first);
}

void AnyStage::take(const data::Batch& batch) {
  if (failed()) {
    return;
  }
  try {
    on_batch(batch);
  } catch (...) {
    fail();
  }
}

const progress::Time& AnyStage::time() const {
  return *port_->open_time();
}

bool AnyStage::failed() const {
  return port_->stage_failed();
}

void AnyStage::fail() {
  port_->stage_fails({std::current_exception(), name_, time()});
}

void AnyStage::leave_out(std::string_view record) {
  try {
    throw;
  } catch (const MisuseError&) {
    fail();
  } catch (...) {
    letters_->add(
        port_->has_event_time() ? progress::event_time_text(time()) : progress::to_string(time()),
        name_, record);
  }
}

}  // namespace eagre::dataflow
