#include "runtime/base/fixed_sum.h"

#include <bit>
#include <cmath>

#include "runtime/base/check.h"

namespace eagre::base {

namespace {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

constexpr int kScale = 100;

// `term` as a multiple of 2^-kScale, halves to even; |term| <= kMaxTerm.
Int128 to_fixed(double term) {
  const auto bits = std::bit_cast<std::uint64_t>(term);
  const int exponent_field = static_cast<int>((bits >> 52) & 0x7ff);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
  if (exponent_field != 0) {
    mantissa |= std::uint64_t{1} << 52;
  }
  const int exponent = (exponent_field != 0 ? exponent_field : 1) - 1075;
  const int shift = exponent + kScale;
  Int128 magnitude = 0;
  if (shift >= 0) {
    magnitude = static_cast<Int128>(static_cast<UInt128>(mantissa) << shift);
  } else if (shift >= -53) {
    const int drop = -shift;
    const std::uint64_t half = std::uint64_t{1} << (drop - 1);
    const std::uint64_t rest = mantissa & ((half << 1) - 1);
    std::uint64_t kept = mantissa >> drop;
    if (rest > half || (rest == half && (kept & 1) != 0)) {
      ++kept;
    }
    magnitude = static_cast<Int128>(kept);
  }
  return (bits >> 63) != 0 ? -magnitude : magnitude;
}

}  // namespace

bool FixedSum::in_range(double term) {
  return std::abs(term) <= kMaxTerm;
}

void FixedSum::add(double term) {
  EAGRE_CHECK(in_range(term), "a FixedSum takes terms of at most 2^26 in size, not {}", term);
  FixedSum one;
  const auto fixed = static_cast<UInt128>(to_fixed(term));
  one.low_ = static_cast<std::uint64_t>(fixed);
  one.high_ = static_cast<std::uint64_t>(fixed >> 64);
  merge(one);
}

double FixedSum::value() const {
  return std::ldexp(static_cast<double>(joined()), -kScale);
}

}  // namespace eagre::base
