// A sum of doubles that does not depend on the order or grouping of its terms: each term is
// rounded once, to the nearest multiple of 2^-100, and the rest is integer addition of 128 bits.
#pragma once

#include <cstdint>

#include "runtime/base/check.h"

namespace eagre::base {

// Terms: |x| <= 2^26 (about 67 million), finite; every partial sum: |sum| < 2^27. What is outside
// is a broken invariant: callers that sum foreign data ask in_range() first. A term that is a
// multiple of 2^-100 (any double of 2^-48 or more) is added exactly.
// Trivially copyable, two 64-bit words: it can be a field of a record.
// Threads: value.
class FixedSum {
 public:
  static constexpr double kMaxTerm = 0x1.0p26;

  static bool in_range(double term);

  FixedSum() = default;

  void add(double term);
  // Adds the sum of other terms.
  void merge(const FixedSum& other);
  // The double nearest to the sum.
  double value() const;

  friend bool operator==(const FixedSum&, const FixedSum&) = default;

 private:
  __extension__ using Int128 = __int128;
  __extension__ using UInt128 = unsigned __int128;

  Int128 joined() const { return static_cast<Int128>((static_cast<UInt128>(high_) << 64) | low_); }

  // Two's complement multiple of 2^-100.
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

inline void FixedSum::merge(const FixedSum& other) {
  Int128 sum = 0;
  const bool overflow = __builtin_add_overflow(joined(), other.joined(), &sum);
  EAGRE_CHECK(!overflow, "a FixedSum left its range: {} + {}", value(), other.value());
  low_ = static_cast<std::uint64_t>(static_cast<UInt128>(sum));
  high_ = static_cast<std::uint64_t>(static_cast<UInt128>(sum) >> 64);
}

}  // namespace eagre::base
