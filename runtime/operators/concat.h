// concat: several streams as one; batches pass on uncopied. Also the identity operator.
#pragma once

#include <cstdint>

#include "runtime/dataflow/nary.h"

namespace eagre::operators {

template <class T>
class Concat final : public dataflow::Nary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }

  void on_batch(std::uint32_t, const dataflow::Input<T>& input,
                dataflow::Output<T>& output) override {
    output.forward(input.batch());
  }
};

}  // namespace eagre::operators
