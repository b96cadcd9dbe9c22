// State of one time, from the first record at it until the time is complete.
#pragma once

#include <map>
#include <tuple>
#include <utility>

#include "runtime/progress/time.h"

namespace eagre::operators {

// Remembers the last time looked up: records come in batches of one time.
// Threads: confined to one actor.
template <class State>
class PerTime {
 public:
  // The state at `time`, and whether it is new.
  std::pair<State&, bool> at(const progress::Time& time) {
    if (last_ != states_.end() && last_->first == time) {
      return {last_->second, false};
    }
    bool added = false;
    std::tie(last_, added) = states_.try_emplace(time);
    return {last_->second, added};
  }

  // Takes the state at `time` out; a default one if there is none.
  State take(const progress::Time& time) {
    last_ = states_.end();
    auto node = states_.extract(time);
    return node.empty() ? State{} : std::move(node.mapped());
  }

 private:
  using Map = std::map<progress::Time, State, progress::LexicographicLess>;
  Map states_;
  typename Map::iterator last_ = states_.end();
};

}  // namespace eagre::operators
