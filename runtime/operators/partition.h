// partition and branch: one stream into several, record by record.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/data/batch_reader.h"
#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::operators {

// Record r goes to output f(r), which must be below the number of outputs.
template <class T, class F>
class Partition final : public dataflow::TypedOperator {
 public:
  Partition(std::uint32_t outputs, F f) : count_(outputs), f_(std::move(f)) {}

  void start(dataflow::Context& context) override {
    set_context(context);
    for (std::uint32_t i = 0; i < count_; ++i) {
      outputs_.push_back(std::make_unique<dataflow::Output<T>>());
      outputs_.back()->bind(context, i);
    }
  }

  void receive(std::uint32_t, const data::Batch& batch, dataflow::Context&) override {
    std::vector<dataflow::Session<T>> sessions;
    sessions.reserve(count_);
    for (const auto& output : outputs_) {
      sessions.push_back(output->session());
    }
    data::BatchReader<T>(batch).for_each([&](const T& record) {
      const auto target = static_cast<std::uint64_t>(f_(record));
      if (target >= count_) {
        throw std::out_of_range("there is no output " + std::to_string(target) + " of " +
                                std::to_string(count_));
      }
      sessions[target].give(record);
    });
  }

 private:
  std::uint32_t count_;
  F f_;
  std::vector<std::unique_ptr<dataflow::Output<T>>> outputs_;
};

}  // namespace eagre::operators
