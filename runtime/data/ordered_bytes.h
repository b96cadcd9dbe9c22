// Order-preserving bytes: encodings that compare with memcmp as the values compare. What a value
// is, not how it lies in memory: big-endian integers with the sign flipped, IEEE numbers with -0.0
// as 0.0 and all NaN alike, strings with an end mark that sorts before every byte.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace eagre::data {

// Bytes under construction; short ones need no heap.
// Threads: value.
class OrderedBytes {
 public:
  OrderedBytes() = default;
  OrderedBytes(const OrderedBytes&) = delete;
  OrderedBytes& operator=(const OrderedBytes&) = delete;
  ~OrderedBytes() {
    if (begin_ != inline_) {
      release();
    }
  }

  void put(std::uint8_t byte) { *claim(1) = std::byte{byte}; }

  // The low `bytes` bytes of `value`, most significant first.
  void put_big_endian(std::uint64_t value, std::size_t bytes) {
    const std::uint64_t swapped = __builtin_bswap64(value << (64 - 8 * bytes));
    std::memcpy(claim(bytes), &swapped, bytes);
  }

  // 00 becomes 00 ff, the end is 00 01.
  void put_string(std::string_view text);

  void put_raw(const void* data, std::size_t n) {
    if (n != 0) {
      std::memcpy(claim(n), data, n);
    }
  }

  std::span<const std::byte> bytes() const {
    return {begin_, static_cast<std::size_t>(end_ - begin_)};
  }

 private:
  std::byte* claim(std::size_t n) {
    if (static_cast<std::size_t>(limit_ - end_) < n) [[unlikely]] {
      grow(n);
    }
    std::byte* const at = end_;
    end_ += n;
    return at;
  }
  void grow(std::size_t n);
  void release();

  static constexpr std::size_t kInline = 232;

  std::byte* begin_ = inline_;
  std::byte* end_ = inline_;
  std::byte* limit_ = inline_ + kInline;
  std::byte inline_[kInline];
};

// An unsigned number of the same size that orders as the scalar does: bools, integers, enums and
// floating point (NaN last). Plain char orders as an unsigned byte, like the bytes of a string.
template <class T>
constexpr auto ordered_number(T value) {
  if constexpr (std::is_enum_v<T>) {
    return ordered_number(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_same_v<T, bool>) {
    return static_cast<std::uint8_t>(value ? 1 : 0);
  } else if constexpr (std::is_same_v<T, char>) {
    return static_cast<std::uint8_t>(static_cast<unsigned char>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    constexpr Bits sign = Bits{1} << (sizeof(T) * 8 - 1);
    if (__builtin_isnan(value)) {
      return static_cast<Bits>(~Bits{0});
    }
    const Bits bits = std::bit_cast<Bits>(value == 0 ? T{0} : value);
    return static_cast<Bits>((bits & sign) != 0 ? ~bits : bits | sign);
  } else {
    using Bits = std::make_unsigned_t<T>;
    if constexpr (std::is_signed_v<T>) {
      return static_cast<Bits>(static_cast<Bits>(value) ^ (Bits{1} << (sizeof(T) * 8 - 1)));
    } else {
      return static_cast<Bits>(value);
    }
  }
}

}  // namespace eagre::data
