// for_each: the end of a stream, record by record, in the order of arrival.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "runtime/dataflow/stage.h"

namespace eagre::operators {

// f: (const progress::Time&, const T&) -> void.
template <class T, class F>
class ForEach final : public dataflow::Stage<T> {
 public:
  explicit ForEach(F f) : f_(std::move(f)) {}

 private:
  void on_bind(dataflow::OutputPort&, std::uint32_t) override {}
  void process(std::span<const T> records) override {
    for (const T& record : records) {
      f_(this->time(), record);
    }
  }

  F f_;
};

}  // namespace eagre::operators
