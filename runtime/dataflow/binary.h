// An operator with two inputs and one output, as a class of the user's.
#pragma once

#include "runtime/dataflow/input.h"
#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class Left, class Right, class Out>
class Binary : public TypedOperator {
 public:
  using LeftRecord = Left;
  using RightRecord = Right;
  using OutputRecord = Out;

  virtual void on_left(const Input<Left>& input, Output<Out>& output) = 0;
  virtual void on_right(const Input<Right>& input, Output<Out>& output) = 0;
  // A time asked for with notify_at is complete at both inputs.
  virtual void on_notify(progress::Capability at, Output<Out>& output);
  // As Unary::on_frontier; frontier(0) is the left one, frontier(1) the right one.
  virtual bool on_frontier(Output<Out>& output);

  void start(Context& context) final {
    set_context(context);
    output_.bind(context, 0);
    on_start();
  }
  void receive(std::uint32_t input, const data::Batch& batch, Context&) final {
    if (input == 0) {
      on_left(Input<Left>(batch), output_);
    } else {
      on_right(Input<Right>(batch), output_);
    }
  }
  bool advance(Context&) final { return on_frontier(output_); }

 private:
  Output<Out> output_;
};

template <class Left, class Right, class Out>
void Binary<Left, Right, Out>::on_notify(progress::Capability, Output<Out>&) {}

template <class Left, class Right, class Out>
bool Binary<Left, Right, Out>::on_frontier(Output<Out>& output) {
  return deliver([&](progress::Capability at) { on_notify(std::move(at), output); });
}

}  // namespace eagre::dataflow
