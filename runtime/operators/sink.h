// sink: the end of a stream, a whole time in canonical order.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/data/key.h"
#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"

namespace eagre::operators {

// A sink has no output; Unary's is never connected.
struct Nothing {
  char nothing = 0;
};

// f: (const progress::Time&, const std::vector<T>&) -> void, once a complete time, in the
// lexicographic order of times, the records sorted by `less` and, where that says nothing, in
// canonical order.
template <class T, class Less, class F>
class SortedSink final : public dataflow::Unary<T, Nothing> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  SortedSink(Less less, F f) : less_(std::move(less)), f_(std::move(f)) {}

  void on_start() override { this->set_notify_order(dataflow::NotifyOrder::sorted); }
  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Nothing>& output) override {
    std::vector<T>& waiting = waiting_.at(input.time(), [&] { this->notify_at(output.retain()); });
    input.for_each([&](const T& record) { waiting.push_back(record); });
  }

  void on_notify(progress::Capability at, dataflow::Output<Nothing>&) override {
    std::vector<T> records = waiting_.take(at.time());
    std::sort(records.begin(), records.end(), [this](const T& a, const T& b) {
      if (less_(a, b)) {
        return true;
      }
      return !less_(b, a) && data::CanonicalLess<T>{}(a, b);
    });
    f_(at.time(), records);
  }

 private:
  Less less_;
  F f_;
  PerTime<std::vector<T>> waiting_;
};

}  // namespace eagre::operators
