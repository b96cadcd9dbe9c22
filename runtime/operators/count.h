// count: how many records there are at each time. Each worker counts its own; the counts are
// gathered and added up (Sum).
#pragma once

#include <cstdint>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"

namespace eagre::operators {

template <class T>
class LocalCount final : public dataflow::Unary<T, std::uint64_t> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<std::uint64_t>& output) override {
    counts_.at(input.time(), [&] { this->notify_at(output.retain()); }) += input.size();
  }

  void on_notify(progress::Capability at, dataflow::Output<std::uint64_t>& output) override {
    output.session(at).give(counts_.take(at.time()));
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter&) override { counts_.check_done(); }

 private:
  PerTime<std::uint64_t> counts_;
};

// The sum of the numbers at each time.
class Sum final : public dataflow::Unary<std::uint64_t, std::uint64_t> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;

  void on_batch(const dataflow::Input<std::uint64_t>& input,
                dataflow::Output<std::uint64_t>& output) override;
  void on_notify(progress::Capability at, dataflow::Output<std::uint64_t>& output) override;

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter&) override { sums_.check_done(); }

 private:
  PerTime<std::uint64_t> sums_;
};

}  // namespace eagre::operators
