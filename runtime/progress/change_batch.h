// Changes of pointstamp counts, added up: what an activation did to progress.
//
// Law: a batch stands for the sum of what was added to it, in any order; a sum of zero leaves no
// trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/progress/location.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

// `diff` more pointstamps of (at, time). Negative: fewer.
struct Change {
  Location at;
  Time time;
  std::int64_t diff = 0;

  friend bool operator==(const Change&, const Change&) = default;
};

// "+2 at 7 (3, 0)".
std::string to_string(const Change& change);

// Adding is amortised O(log n) in the number of distinct pointstamps; the batch never holds more
// than about twice that number. Keeps its storage when cleared.
// Threads: value.
class ChangeBatch {
 public:
  void add(Location at, const Time& time, std::int64_t diff);
  void add(const Change& change) { add(change.at, change.time, change.diff); }

  // Whether all sums are zero.
  bool empty() const {
    if (changes_.empty()) {
      return true;
    }
    compact();
    return changes_.empty();
  }
  // Distinct pointstamps with a sum other than zero.
  std::size_t size() const {
    compact();
    return changes_.size();
  }
  // The sums, sorted by location, then by time (LexicographicLess); no zeros. Valid until the next
  // call that changes the batch.
  std::span<const Change> changes() const {
    compact();
    return changes_;
  }
  auto begin() const { return changes().begin(); }
  auto end() const { return changes().end(); }

  // Takes all sums out, sorted as in changes(). `storage` is used for what comes next.
  std::vector<Change> take(std::vector<Change> storage = {});
  void clear();

 private:
  void compact() const;

  // The first sorted_ are sorted, distinct and not zero; the rest is as it came.
  mutable std::vector<Change> changes_;
  mutable std::size_t sorted_ = 0;
};

}  // namespace eagre::progress
