// An operator that lets go of an epoch late.
#pragma once

#include <cstdint>
#include <map>

#include "runtime/dataflow/unary.h"

namespace eagre::testing {

// Gives each epoch's number, once for each instance that had records of it, when `epochs` later
// ones are complete too.
class Lag final : public dataflow::Unary<std::uint64_t, std::uint64_t> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit Lag(std::uint64_t epochs) : epochs_(epochs) {}

  void on_batch(const dataflow::Input<std::uint64_t>& input,
                dataflow::Output<std::uint64_t>& output) override {
    held_.try_emplace(input.time()[0], output.retain());
  }
  bool on_frontier(dataflow::Output<std::uint64_t>& output) override {
    while (!held_.empty() && complete(progress::Time{held_.begin()->first + epochs_})) {
      output.session(held_.begin()->second).give(held_.begin()->first);
      held_.erase(held_.begin());
    }
    return false;
  }

 private:
  std::uint64_t epochs_;
  std::map<std::uint64_t, progress::Capability> held_;
};

}  // namespace eagre::testing
