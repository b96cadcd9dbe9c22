// An operator with one input and one output, as a class of the user's:
//   struct Doubler : eagre::Unary<int, int> {
//     void on_batch(const eagre::Input<int>& input, eagre::Output<int>& output) override {
//       auto session = output.session();
//       for (const int& x : input) session.give(2 * x);
//     }
//   };
#pragma once

#include "runtime/dataflow/input.h"
#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class In, class Out>
class Unary : public TypedOperator {
 public:
  using InputRecord = In;
  using OutputRecord = Out;

  // A batch of records at one time. Send with output.session(); to send later at this time, keep
  // output.retain().
  virtual void on_batch(const Input<In>& input, Output<Out>& output) = 0;
  // A time asked for with notify_at is complete.
  virtual void on_notify(progress::Capability at, Output<Out>& output);
  // The input's frontier moved (if the operator was built with interest). Returns whether it
  // stopped early because the output is congested. Default: notifications.
  virtual bool on_frontier(Output<Out>& output);

  void start(Context& context) final {
    set_context(context);
    output_.bind(context, 0);
    on_start();
  }
  void receive(std::uint32_t, const data::Batch& batch, Context&) final {
    on_batch(Input<In>(batch), output_);
  }
  bool advance(Context&) final { return on_frontier(output_); }

 private:
  Output<Out> output_;
};

template <class In, class Out>
void Unary<In, Out>::on_notify(progress::Capability, Output<Out>&) {}

template <class In, class Out>
bool Unary<In, Out>::on_frontier(Output<Out>& output) {
  return deliver([&](progress::Capability at) { on_notify(std::move(at), output); });
}

}  // namespace eagre::dataflow
