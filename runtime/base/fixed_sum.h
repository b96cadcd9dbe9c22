// A sum of doubles that does not depend on the order or grouping of its terms: each term is
// rounded once, to the nearest multiple of 2^-100, and the rest is integer addition of 128 bits.
#pragma once

#include <cstdint>

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
  // Two's complement multiple of 2^-100.
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace eagre::base
