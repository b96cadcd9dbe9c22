// Parts of variable size. A string or vector is a length in one column and its content in the next
// ones; an optional is a byte (0 or 1) in one column and, if it is 1, its value in the next ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/codec_packed.h"

namespace eagre::data {

// The sum of a column of 32-bit lengths, if it holds `n` of them.
std::optional<std::uint64_t> sum_of_lengths(std::uint64_t n, ColumnBytes lengths);
// How many of a column of `n` bytes are 1, if there are `n` and the others are 0.
std::optional<std::uint64_t> sum_of_flags(std::uint64_t n, ColumnBytes flags);

template <>
struct Codec<std::string> {
  static constexpr Refusal kRefusal = Refusal::none;
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = false;
  static constexpr std::size_t kColumns = 2;
  static constexpr std::uint64_t kLayout = layout_of(LayoutKind::string, {});

  static std::uint64_t encoded_size(const std::string& value) {
    return sizeof(std::uint32_t) + value.size();
  }
  static void encode(const std::string& value, Column* columns) {
    columns[0].put(static_cast<std::uint32_t>(value.size()));
    columns[1].append(value.data(), value.size());
  }
  static void decode(Cursor* columns, std::string& out) {
    const auto length = columns[0].get<std::uint32_t>();
    out.assign(reinterpret_cast<const char*>(columns[1].take(length)), length);
  }
  static bool fits(std::uint64_t n, const ColumnBytes* columns) {
    return sum_of_lengths(n, columns[0]) == columns[1].size();
  }
};

template <class T>
struct Codec<std::optional<T>> {
  using Inner = Codec<T>;
  static constexpr Refusal kRefusal = Inner::kRefusal;
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = false;
  static constexpr std::size_t kColumns = 1 + Inner::kColumns;
  static constexpr std::uint64_t kLayout = layout_of(LayoutKind::optional, {Inner::kLayout});

  static std::uint64_t encoded_size(const std::optional<T>& value) {
    return 1 + (value ? Inner::encoded_size(*value) : 0);
  }
  static void encode(const std::optional<T>& value, Column* columns) {
    columns[0].put(static_cast<std::uint8_t>(value.has_value()));
    if (value) {
      Inner::encode(*value, columns + 1);
    }
  }
  static void decode(Cursor* columns, std::optional<T>& out) {
    if (columns[0].get<std::uint8_t>() == 0) {
      out.reset();
      return;
    }
    if (!out) {
      out.emplace();
    }
    Inner::decode(columns + 1, *out);
  }
  static bool fits(std::uint64_t n, const ColumnBytes* columns) {
    const std::optional<std::uint64_t> present = sum_of_flags(n, columns[0]);
    return present && Inner::fits(*present, columns + 1);
  }
};

template <class T>
struct Codec<std::vector<T>> {
  using Inner = Codec<T>;
  // Only a vector lets a type hold itself: then the codec of T is what asks, and not yet complete.
  static constexpr Refusal kRefusal = [] {
    if constexpr (requires { Inner::kRefusal; }) {
      return Inner::kRefusal;
    } else {
      return Refusal::recursive;
    }
  }();
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = false;
  static constexpr std::size_t kColumns = 1 + Inner::kColumns;
  static constexpr std::uint64_t kLayout = layout_of(LayoutKind::vector, {Inner::kLayout});
  // std::vector<bool> has no array inside.
  static constexpr bool kInOnePiece = Inner::kPacked && !std::is_same_v<T, bool>;

  static std::uint64_t encoded_size(const std::vector<T>& value) {
    std::uint64_t size = sizeof(std::uint32_t);
    if constexpr (Inner::kPacked) {
      size += value.size() * sizeof(T);
    } else {
      for (const T& element : value) {
        size += Inner::encoded_size(element);
      }
    }
    return size;
  }
  static void encode(const std::vector<T>& value, Column* columns) {
    columns[0].put(static_cast<std::uint32_t>(value.size()));
    if constexpr (kInOnePiece) {
      Inner::store_all(columns[1].claim(value.size() * sizeof(T)), value.data(), value.size());
    } else {
      for (const T& element : value) {
        Inner::encode(element, columns + 1);
      }
    }
  }
  static void decode(Cursor* columns, std::vector<T>& out) {
    const auto length = columns[0].get<std::uint32_t>();
    out.resize(length);
    if constexpr (kInOnePiece) {
      if (length != 0) {
        std::memcpy(static_cast<void*>(out.data()), columns[1].take(length * sizeof(T)),
                    length * sizeof(T));
      }
    } else if constexpr (std::is_same_v<T, bool>) {
      for (std::uint32_t i = 0; i < length; ++i) {
        out[i] = columns[1].get<bool>();
      }
    } else {
      for (T& element : out) {
        Inner::decode(columns + 1, element);
      }
    }
  }
  static bool fits(std::uint64_t n, const ColumnBytes* columns) {
    const std::optional<std::uint64_t> elements = sum_of_lengths(n, columns[0]);
    return elements && Inner::fits(*elements, columns + 1);
  }
};

}  // namespace eagre::data
