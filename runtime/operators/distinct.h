// distinct: the first of equal records at each time passes, at once.
#pragma once

#include <span>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"
#include "runtime/state/key_table.h"

namespace eagre::operators {

template <class T>
class Distinct final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    // The notification is only to learn when the set may be forgotten.
    auto& seen = seen_.at(input.time(), [&] { this->notify_at(output.retain()); });
    auto session = output.session();
    Itself itself;
    input.for_each_block(block_, [&](std::span<const T> records) {
      seen.update(records, itself, [&](const T& record, const T&, state::NoValue, bool first) {
        if (first) {
          session.give(record);
        }
      });
    });
  }

  void on_notify(progress::Capability at, dataflow::Output<T>&) override {
    seen_.give_back(seen_.take(at.time()));
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter&) override { seen_.check_done(); }

 private:
  struct Itself {
    const T& operator()(const T& record) const { return record; }
  };

  using Seen = state::KeyTable<T, state::NoValue>;
  PerTime<Seen> seen_;
  std::vector<T> block_;
};

}  // namespace eagre::operators
