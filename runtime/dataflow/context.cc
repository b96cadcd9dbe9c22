#include "runtime/dataflow/context.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::dataflow {

Context::Context(const HostSpec& spec, std::vector<std::unique_ptr<AnyStage>> stages,
                 std::shared_ptr<progress::CapabilityLedger> ledger, Effects& effects)
    : spec_(spec), ledger_(std::move(ledger)), effects_(effects) {
  if (spec.rate != 0) {
    allowance_ = 0;
  }
  bound_.checkpoints = spec.checkpoints && !spec.polls;
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    frontiers_.emplace_back(spec.generation, spec.coordinates);
  }
  for (const OutputSpec& output : spec.outputs) {
    outputs_.push_back(
        std::make_unique<OutputPort>(spec, output, *ledger_, effects, stage_failure_, bound_));
  }
  EAGRE_CHECK(stages.size() == spec.stages.size(), "operator \"{}\" has {} stages and was made {}",
              spec.name, spec.stages.size(), stages.size());
  for (std::size_t i = 0; i < stages.size(); ++i) {
    outputs_.at(spec.stages[i].output)->fuse(spec.stages[i], std::move(stages[i]));
  }
}

const progress::Antichain& Context::frontier(std::uint32_t input) const {
  return frontiers_.at(input).frontier();
}

bool Context::complete(const progress::Time& time) const {
  for (const progress::FrontierView& view : frontiers_) {
    if (view.frontier().less_equal(time)) {
      return false;
    }
  }
  return true;
}

bool Context::passed(const progress::Time& time) const {
  const progress::LexicographicLess before;
  for (const progress::FrontierView& view : frontiers_) {
    // The least element of the product order sorts first.
    if (!view.frontier().empty() && !before(time, view.frontier().elements().front())) {
      return false;
    }
  }
  return true;
}

bool Context::told_of_frontiers() const {
  return std::any_of(spec_.inputs.begin(), spec_.inputs.end(), [](const InputSpec& input) {
    return input.interest != progress::Interest::never;
  });
}

progress::Capability Context::initial(std::uint32_t output) {
  return initial(output, progress::Time::minimum(spec_.coordinates));
}

progress::Capability Context::initial(std::uint32_t output, const progress::Time& time) {
  return ledger_->initial(spec_.outputs.at(output).location, time);
}

progress::Time Context::time_at(std::uint32_t output) const {
  EAGRE_CHECK(message_time_ != nullptr,
              "operator \"{}\" asked for a message's capability outside of a message", spec_.name);
  for (const InternalSpec& internal : spec_.internals) {
    if (internal.input == input_ && internal.output == output) {
      if (internal.summary.is_identity()) {
        return *message_time_;
      }
      const std::optional<progress::Time> time = internal.summary.apply(*message_time_);
      EAGRE_CHECK(time.has_value(), "operator \"{}\": time {} overflows", spec_.name,
                  progress::to_string(*message_time_));
      return *time;
    }
  }
  EAGRE_FAIL("operator \"{}\" declared that input {} never leads to output {}", spec_.name, input_,
             output);
}

progress::Capability Context::retain(std::uint32_t output) {
  return retain(output, time_at(output));
}

progress::Capability Context::retain(std::uint32_t output, const progress::Time& time) {
  EAGRE_CHECK(message_time_ != nullptr,
              "operator \"{}\" asked for a message's capability outside of a message", spec_.name);
  return ledger_->from_message(spec_.inputs[input_].location, *message_time_,
                               spec_.outputs.at(output).location, time);
}

void Context::open_at_message(std::uint32_t output) {
  const progress::Time time = time_at(output);
  OutputPort& port = *outputs_[output];
  if (const progress::Time* open = port.open_time(); open != nullptr && *open == time) {
    return;
  }
  port.open(retain(output, time));
}

bool Context::congested() const {
  for (const std::unique_ptr<OutputPort>& output : outputs_) {
    if (output->congested()) {
      return true;
    }
  }
  return false;
}

}  // namespace eagre::dataflow
