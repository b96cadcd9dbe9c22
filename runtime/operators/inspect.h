// inspect: looks at records on their way; they pass on unchanged and uncopied.
#pragma once

#include <utility>

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

// f: (const progress::Time&, const T&) -> void.
template <class T, class F>
class Inspect final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  explicit Inspect(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    input.for_each([&](const T& record) { f_(input.time(), record); });
    output.forward(input.batch());
  }

 private:
  F f_;
};

}  // namespace eagre::operators
