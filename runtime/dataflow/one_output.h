// What typed operators with one output share, whatever their inputs.
#pragma once

#include <utility>

#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class Out>
class OneOutput : public TypedOperator {
 public:
  using OutputRecord = Out;

  // A time asked for with notify_at is complete at all inputs.
  virtual void on_notify(progress::Capability at, Output<Out>& output);
  // The frontier of an input moved (if the operator was built with interest). Returns whether it
  // stopped early because the output is congested. Default: notifications.
  virtual bool on_frontier(Output<Out>& output);

  void start(Context& context) final {
    set_context(context);
    output_.bind(context, 0);
    on_start();
  }
  bool advance(Context&) final { return on_frontier(output_); }

 protected:
  Output<Out>& output() { return output_; }

 private:
  Output<Out> output_;
};

template <class Out>
void OneOutput<Out>::on_notify(progress::Capability, Output<Out>&) {}

template <class Out>
bool OneOutput<Out>::on_frontier(Output<Out>& output) {
  return deliver([&](progress::Capability at) { on_notify(std::move(at), output); });
}

}  // namespace eagre::dataflow
