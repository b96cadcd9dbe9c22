// probe: lets the driving program see how far a stream has come. Records pass on uncopied.
#pragma once

#include <cstdint>

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

template <class T>
class Probe final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit Probe(std::uint32_t id) : id_(id) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    output.forward(input.batch());
  }

  // The frontier is that of all workers' instances; one of them tells it.
  bool on_frontier(dataflow::Output<T>&) override {
    if (this->worker() == 0) {
      this->context().publish(id_, 0);
    }
    return false;
  }

 private:
  std::uint32_t id_;
};

}  // namespace eagre::operators
