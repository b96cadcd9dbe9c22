// An operator with two inputs and one output, as a class of the user's. frontier(0) is that of the
// left input, frontier(1) that of the right one.
#pragma once

#include "runtime/dataflow/input.h"
#include "runtime/dataflow/one_output.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class Left, class Right, class Out>
class Binary : public OneOutput<Out> {
 public:
  using LeftRecord = Left;
  using RightRecord = Right;

  virtual void on_left(const Input<Left>& input, Output<Out>& output) = 0;
  virtual void on_right(const Input<Right>& input, Output<Out>& output) = 0;

  void receive(std::uint32_t input, const data::Batch& batch, Context&) final {
    this->set_epoch_of(batch.time());
    if (input == 0) {
      on_left(Input<Left>(batch), this->output());
    } else {
      on_right(Input<Right>(batch), this->output());
    }
  }
};

}  // namespace eagre::dataflow
