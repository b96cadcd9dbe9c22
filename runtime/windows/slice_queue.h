// The slices of one key that the next window holds, as a queue that knows the fold of all of them:
// two stacks, of which the older one holds the folds from each slice to its own end, and the newer
// one a fold of all. Adding, dropping the oldest and asking cost a constant number of merges each,
// on average, and no merge needs an inverse. Source: Tangwongsan et al., "Low-latency
// sliding-window aggregation in worst-case constant time" (DEBS 2017), section 2 (two-stacks).
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/data/snapshot.h"

namespace eagre::windows {

// merge(State& into, const State& later part).
// Threads: value.
template <class State>
class SliceQueue {
 public:
  bool empty() const { return first_ == slices_.size(); }

  // The slices come in order.
  template <class Merge>
  void push(std::int64_t slice, State state, Merge&& merge) {
    if (newer_ == slices_.size()) {
      all_newer_ = state;
    } else {
      merge(all_newer_, std::as_const(state));
    }
    slices_.emplace_back(slice, std::move(state));
  }

  // Drops those before `slice`.
  template <class Merge>
  void drop_before(std::int64_t slice, Merge&& merge) {
    while (!empty() && slices_[first_].first < slice) {
      if (first_ == newer_) {
        turn(merge);
      }
      ++first_;
    }
    if (empty()) {
      slices_.clear();
      first_ = newer_ = 0;
    }
  }

  // The fold of all of them; there must be one.
  template <class Merge>
  State fold(Merge&& merge) const {
    if (first_ == newer_) {
      return all_newer_;
    }
    State state = slices_[first_].second;
    if (newer_ != slices_.size()) {
      merge(state, all_newer_);
    }
    return state;
  }

  using SavedSlices = std::vector<std::pair<std::int64_t, data::SavedAs<State>>>;
  // The slices, how many of them are in the older stack, and the fold of the newer one.
  using Saved = std::tuple<SavedSlices, std::uint64_t, data::SavedAs<State>>;
  Saved saved() const {
    SavedSlices slices;
    for (std::size_t i = first_; i < slices_.size(); ++i) {
      slices.emplace_back(slices_[i].first, data::to_record(slices_[i].second));
    }
    return {std::move(slices), newer_ - first_, data::to_record(all_newer_)};
  }
  void restore(const Saved& saved) {
    const auto& [slices, older, all_newer] = saved;
    slices_.clear();
    for (const auto& [slice, state] : slices) {
      data::from_record(state, slices_.emplace_back(slice, State{}).second);
    }
    first_ = 0;
    newer_ = older;
    data::from_record(all_newer, all_newer_);
  }

 private:
  // Makes the newer stack the older one.
  template <class Merge>
  void turn(Merge&& merge) {
    slices_.erase(slices_.begin(), slices_.begin() + static_cast<std::ptrdiff_t>(first_));
    for (std::size_t i = slices_.size() - 1; i > 0; --i) {
      merge(slices_[i - 1].second, std::as_const(slices_[i].second));
    }
    first_ = 0;
    newer_ = slices_.size();
    all_newer_ = State{};
  }

  // From `first_` on; those before `newer_` are folds from there to `newer_`.
  std::vector<std::pair<std::int64_t, State>> slices_;
  std::size_t first_ = 0;
  std::size_t newer_ = 0;
  // Of the slices from `newer_` on.
  State all_newer_{};
};

}  // namespace eagre::windows
