#include "runtime/progress/counted_frontier.h"

#include <algorithm>

namespace eagre::progress {

namespace {

// a[i] <= b[i] for every coordinate but the first.
bool tail_less_equal(const Time& a, const Time& b) {
  for (std::size_t i = 1; i < a.size(); ++i) {
    if (a[i] > b[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::size_t CountedFrontier::position(const Time& time) const {
  const auto less = [](const Count& count, const Time& t) {
    return LexicographicLess()(count.time, t);
  };
  const auto begin = counts_.begin() + static_cast<std::ptrdiff_t>(first_);
  return static_cast<std::size_t>(std::lower_bound(begin, counts_.end(), time, less) -
                                  counts_.begin());
}

std::int64_t CountedFrontier::count(const Time& time) const {
  const std::size_t at = position(time);
  return at < counts_.size() && counts_[at].time == time ? counts_[at].count : 0;
}

void CountedFrontier::erase(std::size_t at) {
  if (at == first_) {
    ++first_;
    if (first_ == counts_.size()) {
      counts_.clear();
      first_ = 0;
    } else if (first_ > counts_.size() / 2 && first_ >= 16) {
      counts_.erase(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    return;
  }
  counts_.erase(counts_.begin() + static_cast<std::ptrdiff_t>(at));
}

// The common case: no time but this one has a count, before or after.
bool CountedFrontier::update_alone(const Time& time, std::int64_t diff) {
  if (counts_.size() == first_) {
    first_ = 0;
    counts_.clear();
    counts_.push_back(Count{time, diff});
    if (diff > 0) {
      frontier_.assign(time);
      moves_.push_back(Move{time, +1});
    }
    return true;
  }
  if (counts_.size() != first_ + 1 || !(counts_.back().time == time)) {
    return false;
  }
  std::int64_t& count = counts_.back().count;
  const bool was_positive = count > 0;
  add(count, diff);
  const bool is_positive = count > 0;
  if (was_positive != is_positive) {
    if (is_positive) {
      frontier_.assign(time);
    } else {
      frontier_.clear();
    }
    moves_.push_back(Move{time, is_positive ? +1 : -1});
  }
  if (count == 0) {
    counts_.clear();
    first_ = 0;
  }
  return true;
}

std::span<const CountedFrontier::Move> CountedFrontier::update(const Time& time,
                                                               std::int64_t diff) {
  moves_.clear();
  if (diff == 0) {
    return moves_;
  }
  if (update_alone(time, diff)) {
    return moves_;
  }
  const std::size_t at = position(time);
  std::int64_t before = 0;
  if (at < counts_.size() && counts_[at].time == time) {
    before = counts_[at].count;
    add(counts_[at].count, diff);
  } else {
    counts_.insert(counts_.begin() + static_cast<std::ptrdiff_t>(at), Count{time, diff});
  }
  const std::int64_t after = counts_[at].count;
  if (before <= 0 && after > 0) {
    enter(time);
  } else if (before > 0 && after <= 0) {
    leave(time, at + 1);
  }
  if (after == 0) {
    erase(at);
  }
  return moves_;
}

void CountedFrontier::enter(const Time& time) {
  if (frontier_.less_equal(time)) {
    return;
  }
  for (const Time& element : frontier_) {
    if (less_equal(time, element)) {
      moves_.push_back(Move{element, -1});
    }
  }
  frontier_.insert(time);
  moves_.push_back(Move{time, +1});
}

// `time` is gone; the counts from `successors` on are those after it.
void CountedFrontier::leave(const Time& time, std::size_t successors) {
  if (!frontier_.erase(time)) {
    return;
  }
  moves_.push_back(Move{time, -1});
  // What `time` hid is at or after it, and the total order puts minimal elements first.
  for (std::size_t i = successors; i < counts_.size(); ++i) {
    const Count& next = counts_[i];
    if (next.count <= 0 || !less_equal(time, next.time)) {
      continue;
    }
    if (!frontier_.insert(next.time)) {
      continue;
    }
    moves_.push_back(Move{next.time, +1});
    // Every later one that `time` hid is now behind this one.
    if (tail_less_equal(next.time, time)) {
      break;
    }
  }
}

}  // namespace eagre::progress
