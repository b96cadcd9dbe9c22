// What a path through the graph does to the times that travel it: keep the first coordinates, add a
// constant to each kept one, append constants. Entering a scope appends 0, leaving drops the last
// coordinate, a feedback adds to it; summaries are closed under composition.
//
// Law: apply is monotone; t + (a then b) = (t + a) + b wherever the right side is defined (the left
// may be defined in more places, when an overflowing coordinate is dropped later: never less).
// Source: Murray et al., "Naiad" (SOSP 2013), section 2.3; Brun et al., "Verified progress tracking
// for timely dataflow" (ITP 2021).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "runtime/progress/time.h"

namespace eagre::progress {

// Threads: value.
class PathSummary {
 public:
  // From no coordinates to none.
  PathSummary() = default;
  // Times of n coordinates stay as they are.
  static PathSummary identity(std::size_t n);
  // n -> n + 1: a 0 is appended.
  static PathSummary enter(std::size_t n);
  // n -> n - 1: the last coordinate is dropped. n must be at least 1.
  static PathSummary leave(std::size_t n);
  // n -> n: `by` is added to one coordinate, which must exist.
  static PathSummary advance(std::size_t n, std::size_t coordinate, std::uint64_t by);

  // Numbers of coordinates of the times that go in and come out.
  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return values_.size(); }
  // The first kept() coordinates of a time survive; what follows them is appended.
  std::size_t kept() const { return kept_; }
  // What is added to kept coordinate `i`.
  std::uint64_t added(std::size_t i) const { return values_[i]; }

  // Where the time arrives; nothing if a coordinate would overflow: the time cannot travel. The
  // time's size must be inputs().
  std::optional<Time> apply(const Time& time) const {
    if (!shifts_ || time.size() != inputs_) [[unlikely]] {
      return apply_any(time);
    }
    std::optional<Time> result(time);
    bool overflows = false;
    for (std::size_t i = 0; i < Time::kInline; ++i) {
      std::uint64_t& out = result->inline_[i];
      overflows |= __builtin_add_overflow(out, values_.inline_[i], &out);
    }
    if (overflows) [[unlikely]] {
      return std::nullopt;
    }
    return result;
  }
  // This path, then `next`; nothing if no time can travel it. next.inputs() must be outputs().
  std::optional<PathSummary> followed_by(const PathSummary& next) const;

  bool is_identity() const { return identity_; }
  // Keeps all coordinates, appends none and adds to some: every time comes out strictly later.
  bool advances() const;
  // Adds to one of the first `coordinates` coordinates.
  bool adds_within(std::size_t coordinates) const;

  friend bool operator==(const PathSummary& a, const PathSummary& b) {
    return a.inputs_ == b.inputs_ && a.kept_ == b.kept_ && a.values_ == b.values_;
  }

 private:
  friend bool less_equal(const PathSummary& a, const PathSummary& b);
  friend struct SummaryLess;
  PathSummary(std::size_t inputs, std::size_t kept, Time values);
  std::optional<Time> apply_any(const Time& time) const;

  std::uint32_t inputs_ = 0;
  std::uint32_t kept_ = 0;
  bool identity_ = true;
  // Keeps all coordinates and appends none, and times have few.
  bool shifts_ = true;
  // Adds for the kept coordinates, then the appended constants.
  Time values_;
};

// t + a <= t + b for every time t.
bool less_equal(const PathSummary& a, const PathSummary& b);

// A total order that extends less_equal, for containers.
struct SummaryLess {
  bool operator()(const PathSummary& a, const PathSummary& b) const;
};

// What comes out, in terms of what goes in: "(t0, t1+1)", "(t0, 0)".
std::string to_string(const PathSummary& summary);
std::ostream& operator<<(std::ostream& out, const PathSummary& summary);

}  // namespace eagre::progress
