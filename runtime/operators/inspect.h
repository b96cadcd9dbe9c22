// inspect: looks at records on their way; they pass on unchanged, whole batches uncopied.
#pragma once

#include <span>
#include <utility>

#include "runtime/operators/one_tap.h"

namespace eagre::operators {

// f: (const progress::Time&, const T&) -> void.
template <class T, class F>
class Inspect final : public OneTap<T, T> {
 public:
  explicit Inspect(F f) : f_(std::move(f)) {}

 private:
  void process(std::span<const T> records) override {
    const progress::Time& time = this->time();
    for (const T& record : records) {
      f_(time, record);
    }
    this->out_.pass(records);
  }
  void on_batch(const data::Batch& batch) override {
    if (this->isolates()) {
      dataflow::Stage<T>::on_batch(batch);
      return;
    }
    const progress::Time& time = this->time();
    data::BatchReader<T>(batch).for_each([&](const T& record) { f_(time, record); });
    this->out_.forward(batch);
  }

  F f_;
};

}  // namespace eagre::operators
