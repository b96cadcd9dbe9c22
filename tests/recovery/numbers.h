// A source of numbers that can be restored, and dataflows of every kind of operator over it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/scope.h"
#include "runtime/api/stream.h"
#include "runtime/operators/source.h"

namespace eagre::testing {

using Numbers = std::shared_ptr<const std::vector<std::uint64_t>>;

// Every workers-th number; each `per_epoch` of all of them are an epoch.
// Threads: confined to one actor.
class NumberPull {
 public:
  NumberPull(Numbers numbers, std::uint64_t per_epoch, std::uint32_t worker, std::uint32_t workers)
      : numbers_(std::move(numbers)),
        per_epoch_(per_epoch),
        worker_(worker),
        next_(worker),
        step_(workers) {}

  bool operator()(operators::SourceOutput<std::uint64_t>& output) {
    // A few at a time, so that much can happen between them.
    for (int i = 0; i < 3 && next_ < numbers_->size(); ++i) {
      output.advance_to(std::max(output.epoch(), next_ / per_epoch_));
      if (output.full()) {
        return true;
      }
      output.give((*numbers_)[next_]);
      next_ += step_;
    }
    return next_ < numbers_->size();
  }

  void save(data::SnapshotWriter& writer) const { writer.value(next_); }
  static constexpr bool kRescales = true;
  // At a checkpoint all numbers of its epochs have been read, and none of later ones: the next one
  // of all is the least of what is next for each.
  void restore(data::SnapshotReader& reader) {
    least_ = std::min(least_, reader.value<std::uint64_t>());
    next_ = least_ + (step_ + worker_ - least_ % step_) % step_;
  }

 private:
  Numbers numbers_;
  std::uint64_t per_epoch_;
  std::uint32_t worker_;
  std::uint64_t next_;
  std::uint32_t step_;
  std::uint64_t least_ = std::numeric_limits<std::uint64_t>::max();
};

inline api::Stream<std::uint64_t> numbers(const api::Scope& scope, const std::string& name,
                                          const Numbers& all, std::uint64_t per_epoch) {
  return scope.source<std::uint64_t>(name,
                                     [all, per_epoch](std::uint32_t worker, std::uint32_t workers) {
                                       return NumberPull(all, per_epoch, worker, workers);
                                     });
}

}  // namespace eagre::testing
