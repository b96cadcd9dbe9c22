// Amounts of memory as a type, so that bytes are never mixed up with records or milliseconds.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace eagre::base {

// Threads: value.
class ByteCount {
 public:
  constexpr ByteCount() = default;
  constexpr explicit ByteCount(std::uint64_t bytes) : bytes_(bytes) {}

  constexpr std::uint64_t value() const { return bytes_; }

  // "4MiB", "64 KiB", "100B" or "100": a whole number and one of B, KiB, MiB, GiB, TiB.
  static Result<ByteCount> parse(std::string_view text);

  friend constexpr bool operator==(ByteCount, ByteCount) = default;
  friend constexpr auto operator<=>(ByteCount, ByteCount) = default;
  friend constexpr ByteCount operator+(ByteCount a, ByteCount b) {
    return ByteCount(a.bytes_ + b.bytes_);
  }
  // `a` must not be less than `b`.
  friend constexpr ByteCount operator-(ByteCount a, ByteCount b) {
    return ByteCount(a.bytes_ - b.bytes_);
  }

 private:
  std::uint64_t bytes_ = 0;
};

// In the largest unit that divides it: "4MiB", "100B". ByteCount::parse reads it back.
std::string to_string(ByteCount bytes);

inline namespace literals {
constexpr ByteCount operator""_B(unsigned long long n) {
  return ByteCount(n);
}
constexpr ByteCount operator""_KiB(unsigned long long n) {
  return ByteCount(n << 10);
}
constexpr ByteCount operator""_MiB(unsigned long long n) {
  return ByteCount(n << 20);
}
constexpr ByteCount operator""_GiB(unsigned long long n) {
  return ByteCount(n << 30);
}
}  // namespace literals

}  // namespace eagre::base
