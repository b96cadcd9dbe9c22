// distinct: the first of equal records at each time passes, at once.
#pragma once

#include <optional>
#include <utility>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/key_table.h"
#include "runtime/operators/per_time.h"

namespace eagre::operators {

template <class T>
class Distinct final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    auto [set, added] = seen_.at(input.time());
    if (added) {
      // Only to learn when the set may be forgotten.
      this->notify_at(output.retain());
    }
    auto& seen = set;
    auto session = output.session();
    input.for_each([&](const T& record) {
      if (seen.insert(record).second) {
        session.give(record);
      }
    });
  }

  void on_notify(progress::Capability at, dataflow::Output<T>&) override { seen_.take(at.time()); }

 private:
  PerTime<KeySet<T>> seen_;
};

}  // namespace eagre::operators
