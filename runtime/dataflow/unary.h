// An operator with one input and one output, as a class of the user's:
//   struct Doubler : eagre::Unary<int, int> {
//     void on_batch(const eagre::Input<int>& input, eagre::Output<int>& output) override {
//       auto session = output.session();
//       for (const int& x : input) session.give(2 * x);
//     }
//   };
#pragma once

#include "runtime/dataflow/input.h"
#include "runtime/dataflow/one_output.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class In, class Out>
class Unary : public OneOutput<Out> {
 public:
  using InputRecord = In;

  // A batch of records at one time. Send with output.session(); to send later at this time, keep
  // output.retain().
  virtual void on_batch(const Input<In>& input, Output<Out>& output) = 0;

  void receive(std::uint32_t, const data::Batch& batch, Context&) final {
    this->set_epoch_of(batch.time());
    on_batch(Input<In>(batch), this->output());
  }
};

}  // namespace eagre::dataflow
