// State of one time, from the first record at it until the time is complete.
#pragma once

#include <cstddef>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/progress/time.h"

namespace eagre::operators {

// Remembers the last time looked up: records come in batches of one time.
// Threads: confined to one actor.
template <class State>
class PerTime {
 public:
  // The state at `time`; first() is called when it is new.
  template <class First>
  State& at(const progress::Time& time, First&& first) {
    if (last_ != states_.end() && last_->first == time) {
      return last_->second;
    }
    bool added = false;
    std::tie(last_, added) = states_.try_emplace(time);
    if (added) {
      if (!spare_.empty()) {
        last_->second = std::move(spare_.back());
        spare_.pop_back();
      }
      first();
    }
    return last_->second;
  }

  // Takes back a state that take() gave: emptied, it is that of a time to come, memory and all.
  void give_back(State state) {
    if (spare_.size() == kSpare) {
      return;
    }
    state.clear();
    spare_.push_back(std::move(state));
  }

  // Takes the state at `time` out; a default one if there is none.
  State take(const progress::Time& time) {
    last_ = states_.end();
    auto node = states_.extract(time);
    return node.empty() ? State{} : std::move(node.mapped());
  }

  // At a checkpoint there is nothing to save: all times up to its epoch are complete, and nothing
  // of a later one has come.
  void check_done() const {
    EAGRE_CHECK(states_.empty(), "state of time {} is left at a checkpoint",
                progress::to_string(states_.begin()->first));
  }

 private:
  static constexpr std::size_t kSpare = 2;
  using Map = std::map<progress::Time, State, progress::LexicographicLess>;
  Map states_;
  std::vector<State> spare_;
  typename Map::iterator last_ = states_.end();
};

}  // namespace eagre::operators
