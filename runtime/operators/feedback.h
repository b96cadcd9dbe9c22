// feedback: the operator that closes a loop. Its summary advances the round, so batches leave it
// one round later than they came; records are shared.
#pragma once

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

template <class T>
class Feedback final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }

  // The context moves the time by the operator's declared summary.
  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    output.forward(input.batch());
  }
};

}  // namespace eagre::operators
