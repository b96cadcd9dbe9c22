// A frontier kept from signed counts: the minimal times whose count is strictly positive.
//
// Law: after any updates in any order the frontier is that of the sums; counts may be negative for
// a while (a message's consumption may be heard of before its sending) and then count as absent.
// Source: Abadi et al., "Formal analysis of a distributed algorithm for tracking progress" (FORTE
// 2013).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

// An update costs a search, and a move of the times behind its own; the least time is the cheapest
// to remove. Nothing is allocated while the number of distinct times does not grow.
// Threads: value.
class CountedFrontier {
 public:
  struct Count {
    Time time;
    std::int64_t count = 0;
  };
  // An element that joined (+1) or left (-1) the frontier.
  struct Move {
    Time time;
    std::int64_t diff = 0;
  };

  // Adds `diff` to the count of `time`. Returns what it did to the frontier; the span is valid
  // until the next update.
  std::span<const Move> update(const Time& time, std::int64_t diff);

  const Antichain& frontier() const { return frontier_; }
  // No time has a count other than zero.
  bool empty() const { return counts_.size() == first_; }
  // Times with a count other than zero, in LexicographicLess order.
  std::span<const Count> counts() const { return std::span(counts_).subspan(first_); }
  std::int64_t count(const Time& time) const;
  // A count went beyond 64 bits, and is wrong.
  bool overflowed() const { return overflowed_; }

 private:
  void add(std::int64_t& count, std::int64_t diff) {
    overflowed_ |= __builtin_add_overflow(count, diff, &count);
  }
  bool update_alone(const Time& time, std::int64_t diff);
  std::size_t position(const Time& time) const;
  void erase(std::size_t at);
  void enter(const Time& time);
  void leave(const Time& time, std::size_t successors);

  // Sorted; the first first_ entries are spent (so that removing the least costs nothing).
  std::vector<Count> counts_;
  std::size_t first_ = 0;
  bool overflowed_ = false;
  Antichain frontier_;
  std::vector<Move> moves_;
};

}  // namespace eagre::progress
