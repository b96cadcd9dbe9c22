// An operator with any number of inputs of one record type and one output.
#pragma once

#include <cstdint>

#include "runtime/dataflow/input.h"
#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
template <class In, class Out>
class Nary : public TypedOperator {
 public:
  using InputRecord = In;
  using OutputRecord = Out;

  // `from` counts the inputs from 0.
  virtual void on_batch(std::uint32_t from, const Input<In>& input, Output<Out>& output) = 0;
  // A time asked for with notify_at is complete at all inputs.
  virtual void on_notify(progress::Capability at, Output<Out>& output);
  // As Unary::on_frontier; frontier(i) is that of input i.
  virtual bool on_frontier(Output<Out>& output);

  void start(Context& context) final {
    set_context(context);
    output_.bind(context, 0);
    on_start();
  }
  void receive(std::uint32_t from, const data::Batch& batch, Context&) final {
    on_batch(from, Input<In>(batch), output_);
  }
  bool advance(Context&) final { return on_frontier(output_); }

 private:
  Output<Out> output_;
};

template <class In, class Out>
void Nary<In, Out>::on_notify(progress::Capability, Output<Out>&) {}

template <class In, class Out>
bool Nary<In, Out>::on_frontier(Output<Out>& output) {
  return deliver([&](progress::Capability at) { on_notify(std::move(at), output); });
}

}  // namespace eagre::dataflow
