// The times of records that are kept for ever, as small numbers: few times have many records.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "runtime/progress/time.h"

namespace eagre::operators {

// Threads: confined to one actor.
class TimesMet {
 public:
  // The number of `time`, a new one if it was not met before.
  std::uint32_t number_of(const progress::Time& time) {
    const auto [at, added] = numbers_.try_emplace(time, static_cast<std::uint32_t>(times_.size()));
    if (added) {
      times_.push_back({time});
    }
    return at->second;
  }
  const progress::Time& time(std::uint32_t number) const { return times_[number].time; }

  // Begins a comparison with `time`; what was found out about another is forgotten.
  void compare_with(const progress::Time& time) {
    if (compared_ == 0 || now_ != time) {
      now_ = time;
      ++compared_;
    }
  }
  // Whether the time of this number is at or before it.
  bool is_before(std::uint32_t number) {
    Met& met = times_[number];
    if (met.compared != compared_) {
      met.compared = compared_;
      met.before = less_equal(met.time, now_);
    }
    return met.before;
  }

 private:
  struct Met {
    progress::Time time;
    std::uint64_t compared = 0;
    bool before = false;
  };

  std::unordered_map<progress::Time, std::uint32_t> numbers_;
  std::vector<Met> times_;
  progress::Time now_;
  std::uint64_t compared_ = 0;
};

}  // namespace eagre::operators
