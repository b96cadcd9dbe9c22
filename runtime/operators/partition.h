// partition and branch: one stream into several, record by record.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/dataflow/stage.h"
#include "runtime/dataflow/tap.h"

namespace eagre::operators {

// Record r goes to tap f(r), which must be below the number of taps.
template <class T, class F>
class Partition final : public dataflow::Stage<T> {
 public:
  Partition(std::uint32_t taps, F f) : f_(std::move(f)), taps_(taps) {}

 private:
  void on_bind(dataflow::OutputPort& port, std::uint32_t first) override {
    for (dataflow::Tap<T>& tap : taps_) {
      tap.bind(port, first++);
    }
  }

  void process(std::span<const T> records) override {
    for (const T& record : records) {
      const auto target = static_cast<std::uint64_t>(f_(record));
      if (target >= taps_.size()) {
        throw std::out_of_range("there is no output " + std::to_string(target) + " of " +
                                std::to_string(taps_.size()));
      }
      taps_[target].give(record);
    }
  }

  F f_;
  std::vector<dataflow::Tap<T>> taps_;
};

}  // namespace eagre::operators
