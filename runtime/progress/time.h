// Logical time: a vector of unsigned coordinates in product order. Coordinate 0 is the epoch; every
// nested scope appends one (a loop its round).
//
// Law: less_equal is a partial order, join and meet are its bounds, LexicographicLess extends it
// to a total order. Times of different sizes are not comparable.
// Source: Murray et al., "Naiad: a timely dataflow system" (SOSP 2013), section 2.1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <utility>

namespace eagre::progress {

// The epoch of what has no later one: far from any that an input counts to, and from overflow.
inline constexpr std::uint64_t kLastEpoch = std::uint64_t{1} << 63;

// Up to four coordinates are kept in place, more on the heap. Coordinates in place beyond size()
// are zero, so that comparisons need no loop over a variable bound.
// Threads: value.
class Time {
 public:
  static constexpr std::size_t kInline = 4;

  // No coordinates: the time of nothing in particular.
  Time() : inline_{} {}
  Time(std::initializer_list<std::uint64_t> coordinates);
  explicit Time(std::span<const std::uint64_t> coordinates);
  // All of `size` coordinates zero: the least time of its scope.
  static Time minimum(std::size_t size);

  Time(const Time& other) {
    if (other.is_inline()) [[likely]] {
      copy_inline(other);
    } else {
      copy_heap(other);
    }
  }
  Time(Time&& other) noexcept { take(other); }
  Time& operator=(const Time& other) {
    if (is_inline() && other.is_inline()) [[likely]] {
      copy_inline(other);
      return *this;
    }
    return *this = Time(other);
  }
  Time& operator=(Time&& other) noexcept {
    if (this != &other) {
      if (!is_inline()) {
        delete[] heap_;
      }
      take(other);
    }
    return *this;
  }
  ~Time() {
    if (!is_inline()) [[unlikely]] {
      delete[] heap_;
    }
  }

  std::size_t size() const { return size_; }
  const std::uint64_t* data() const { return is_inline() ? inline_ : heap_; }
  std::span<const std::uint64_t> coordinates() const { return {data(), size_}; }
  std::uint64_t operator[](std::size_t i) const { return data()[i]; }
  // The innermost coordinate; the size must not be 0.
  std::uint64_t last() const { return data()[size_ - 1]; }

  // This time with coordinate `i` (which must exist) replaced.
  Time with(std::size_t i, std::uint64_t value) const;
  // This time with one more coordinate.
  Time extended(std::uint64_t value) const;
  // The first `size` coordinates.
  Time first(std::size_t size) const { return Time(coordinates().first(size)); }

  friend bool operator==(const Time& a, const Time& b) {
    if (a.size_ != b.size_) {
      return false;
    }
    if (a.is_inline()) [[likely]] {
      return ((a.inline_[0] ^ b.inline_[0]) | (a.inline_[1] ^ b.inline_[1]) |
              (a.inline_[2] ^ b.inline_[2]) | (a.inline_[3] ^ b.inline_[3])) == 0;
    }
    return std::equal(a.heap_, a.heap_ + a.size_, b.heap_);
  }

  // The product order: every coordinate of `a` at or below that of `b`. False when sizes differ.
  friend bool less_equal(const Time& a, const Time& b) {
    if (a.size_ != b.size_) {
      return false;
    }
    if (a.is_inline()) [[likely]] {
      return a.inline_[0] <= b.inline_[0] && a.inline_[1] <= b.inline_[1] &&
             a.inline_[2] <= b.inline_[2] && a.inline_[3] <= b.inline_[3];
    }
    return std::equal(a.heap_, a.heap_ + a.size_, b.heap_,
                      [](std::uint64_t x, std::uint64_t y) { return x <= y; });
  }

 private:
  friend class PathSummary;

  struct Uninitialised {};
  // `size` zero coordinates to be filled in through mutable_data().
  Time(Uninitialised, std::size_t size);

  bool is_inline() const { return size_ <= kInline; }
  std::uint64_t* mutable_data() { return is_inline() ? inline_ : heap_; }
  void copy_inline(const Time& other) {
    for (std::size_t i = 0; i < kInline; ++i) {
      inline_[i] = other.inline_[i];
    }
    size_ = other.size_;
  }
  void copy_heap(const Time& other);
  void take(Time& other) noexcept {
    if (other.is_inline()) [[likely]] {
      copy_inline(other);
      return;
    }
    heap_ = other.heap_;
    size_ = other.size_;
    other.size_ = 0;
    for (std::uint64_t& coordinate : other.inline_) {
      coordinate = 0;
    }
  }

  union {
    std::uint64_t inline_[kInline];
    std::uint64_t* heap_;
  };
  std::uint32_t size_ = 0;
};

// Strictly before: less_equal and not the same.
inline bool less_than(const Time& a, const Time& b) {
  return less_equal(a, b) && !(a == b);
}

// Least upper and greatest lower bound. The sizes must be equal.
Time join(const Time& a, const Time& b);
Time meet(const Time& a, const Time& b);

// A total order that extends the product order (and puts shorter times first): for containers.
struct LexicographicLess {
  bool operator()(const Time& a, const Time& b) const {
    if (a.size() != b.size()) {
      return a.size() < b.size();
    }
    const std::uint64_t* x = a.data();
    const std::uint64_t* y = b.data();
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (x[i] != y[i]) {
        return x[i] < y[i];
      }
    }
    return false;
  }
};

// "(3, 0)".
std::string to_string(const Time& time);
std::ostream& operator<<(std::ostream& out, const Time& time);

}  // namespace eagre::progress

template <>
struct std::hash<eagre::progress::Time> {
  std::size_t operator()(const eagre::progress::Time& time) const noexcept {
    std::uint64_t mixed = time.size();
    for (std::uint64_t coordinate : time.coordinates()) {
      mixed = (mixed ^ coordinate) * 0x9e3779b97f4a7c15u;
      mixed ^= mixed >> 32;
    }
    return mixed;
  }
};
