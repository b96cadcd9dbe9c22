// An operator with any number of inputs of one record type and one output. frontier(i) is that of
// input i.
#pragma once

#include <cstdint>

#include "runtime/dataflow/input.h"
#include "runtime/dataflow/one_output.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class In, class Out>
class Nary : public OneOutput<Out> {
 public:
  using InputRecord = In;

  // `from` counts the inputs from 0.
  virtual void on_batch(std::uint32_t from, const Input<In>& input, Output<Out>& output) = 0;

  void receive(std::uint32_t from, const data::Batch& batch, Context&) final {
    this->set_epoch_of(batch.time());
    on_batch(from, Input<In>(batch), this->output());
  }
};

}  // namespace eagre::dataflow
