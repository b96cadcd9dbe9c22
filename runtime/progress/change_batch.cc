#include "runtime/progress/change_batch.h"

#include <algorithm>
#include <utility>

namespace eagre::progress {

namespace {

// Below this size a linear search is cheaper than sorting later.
constexpr std::size_t kLinear = 16;

bool before(const Change& a, const Change& b) {
  if (a.at != b.at) {
    return a.at < b.at;
  }
  return LexicographicLess()(a.time, b.time);
}

}  // namespace

std::string to_string(const Change& change) {
  return (change.diff >= 0 ? "+" : "") + std::to_string(change.diff) + " at " +
         std::to_string(change.at.value()) + " " + to_string(change.time);
}

void ChangeBatch::add(Location at, const Time& time, std::int64_t diff) {
  if (diff == 0) {
    return;
  }
  if (changes_.size() > kLinear && changes_.size() >= 2 * sorted_ + kLinear) {
    compact();
  }
  if (changes_.size() <= kLinear) {
    for (Change& change : changes_) {
      if (change.at == at && change.time == time) {
        change.diff += diff;
        if (change.diff == 0) {
          change = std::move(changes_.back());
          changes_.pop_back();
          sorted_ = 0;
        }
        return;
      }
    }
  }
  changes_.push_back(Change{at, time, diff});
}

void ChangeBatch::compact() const {
  if (sorted_ == changes_.size()) {
    return;
  }
  if (changes_.size() <= kLinear) {
    // Each was looked for when it was added: they are distinct, and mostly few.
    for (std::size_t i = 1; i < changes_.size(); ++i) {
      for (std::size_t at = i; at != 0 && before(changes_[at], changes_[at - 1]); --at) {
        std::swap(changes_[at], changes_[at - 1]);
      }
    }
    sorted_ = changes_.size();
    return;
  }
  std::sort(changes_.begin(), changes_.end(), before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < changes_.size();) {
    std::int64_t sum = 0;
    const std::size_t first = i;
    for (; i < changes_.size() && changes_[i].at == changes_[first].at &&
           changes_[i].time == changes_[first].time;
         ++i) {
      sum += changes_[i].diff;
    }
    if (sum == 0) {
      continue;
    }
    if (kept != first) {
      changes_[kept] = std::move(changes_[first]);
    }
    changes_[kept].diff = sum;
    ++kept;
  }
  changes_.resize(kept);
  sorted_ = kept;
}

std::vector<Change> ChangeBatch::take(std::vector<Change> storage) {
  compact();
  sorted_ = 0;
  storage.clear();
  changes_.swap(storage);
  return storage;
}

void ChangeBatch::clear() {
  changes_.clear();
  sorted_ = 0;
}

}  // namespace eagre::progress
