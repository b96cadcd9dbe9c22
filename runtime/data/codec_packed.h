// Packed records: scalars, and aggregates and arrays of nothing but scalars, travel as their bytes
// in one column and are read in place. Padding travels as zeros, so that equal records have equal
// bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <tuple>
#include <type_traits>

#include "runtime/base/fixed_sum.h"
#include "runtime/data/column.h"
#include "runtime/data/layout.h"
#include "runtime/data/reflect.h"
#include "runtime/data/refusal.h"
#include "runtime/data/wrapped.h"

namespace eagre::data {

template <>
inline constexpr bool kPackedClass<base::FixedSum> = true;

// The extent of one column of a batch.
using ColumnBytes = std::span<const std::byte>;

template <class T>
struct IsArray : std::false_type {};
template <class T, std::size_t n>
struct IsArray<std::array<T, n>> : std::true_type {};

namespace packed {

// A part of a record that is copied as a whole.
template <class T>
concept Leaf = Scalar<T> || WrappedScalar<T> ||(std::is_class_v<T>&& kPackedClass<T>);

// Calls `f` with a reference to every leaf of `value`, in order.
template <class T, class F>
constexpr void for_each_leaf(const T& value, F&& f) {
  if constexpr (Leaf<T>) {
    f(value);
  } else if constexpr (IsArray<T>::value) {
    for (const auto& element : value) {
      for_each_leaf(element, f);
    }
  } else {
    std::apply([&f](const auto&... field) { (for_each_leaf(field, f), ...); },
               reflect::fields(value));
  }
}

template <class T>
struct FieldsOf;
template <class... Field>
struct FieldsOf<reflect::TypeList<Field...>> {
  static constexpr std::size_t kLeafBytes = (std::size_t{0} + ... + Codec<Field>::kLeafBytes);
  static constexpr bool kHasBool = (false || ... || Codec<Field>::kHasBool);
  static constexpr std::uint64_t layout(std::uint64_t size, std::uint64_t alignment) {
    return layout_of(LayoutKind::packed_struct, {size, alignment, Codec<Field>::kLayout...});
  }
};

// Numbers about a packed type: bytes that are not padding, whether a byte of it must be 0 or 1,
// its fingerprint.
template <class T>
struct Traits : FieldsOf<reflect::FieldTypes<T>> {
  static constexpr std::uint64_t kLayout =
      FieldsOf<reflect::FieldTypes<T>>::layout(sizeof(T), alignof(T));
};

template <Scalar T>
struct Traits<T> {
  static constexpr std::size_t kLeafBytes = sizeof(T);
  static constexpr bool kHasBool = std::is_same_v<T, bool>;
  static constexpr std::uint64_t layout() {
    if constexpr (std::is_enum_v<T>) {
      return Traits<std::underlying_type_t<T>>::layout();
    } else {
      constexpr LayoutKind kind = std::is_same_v<T, bool>       ? LayoutKind::boolean
                                  : std::is_same_v<T, char>     ? LayoutKind::character
                                  : std::is_floating_point_v<T> ? LayoutKind::floating
                                  : std::is_signed_v<T>         ? LayoutKind::signed_integer
                                                                : LayoutKind::unsigned_integer;
      return layout_of(kind, {sizeof(T)});
    }
  }
  static constexpr std::uint64_t kLayout = layout();
};

template <WrappedScalar T>
struct Traits<T> {
  static constexpr std::size_t kLeafBytes = sizeof(T);
  static constexpr bool kHasBool = false;
  static constexpr std::uint64_t kLayout = Wrapped<T>::layout(Traits<WrappedType<T>>::kLayout);
};

template <class T>
requires(std::is_class_v<T>&& kPackedClass<T>) struct Traits<T> {
  static constexpr std::size_t kLeafBytes = sizeof(T);
  static constexpr bool kHasBool = false;
  static constexpr std::uint64_t kLayout =
      layout_of(LayoutKind::packed_class, {sizeof(T), alignof(T)});
};

template <class T, std::size_t n>
struct Traits<std::array<T, n>> {
  static constexpr std::size_t kLeafBytes = n * Codec<T>::kLeafBytes;
  static constexpr bool kHasBool = Codec<T>::kHasBool;
  static constexpr std::uint64_t kLayout = layout_of(LayoutKind::array, {n, Codec<T>::kLayout});
};

}  // namespace packed

// One column: the objects, one after another.
template <class T>
struct PackedCodec {
  static constexpr Refusal kRefusal = Refusal::none;
  static constexpr bool kPacked = true;
  static constexpr bool kFixedSize = true;
  static constexpr std::size_t kColumns = 1;
  static constexpr std::array<std::uint32_t, 1> kWidths = {sizeof(T)};
  static constexpr std::size_t kLeafBytes = packed::Traits<T>::kLeafBytes;
  static constexpr bool kHasBool = packed::Traits<T>::kHasBool;
  static constexpr std::uint64_t kLayout = packed::Traits<T>::kLayout;
  static constexpr bool kHasPadding = kLeafBytes != sizeof(T);

  static constexpr std::uint64_t encoded_size(const T&) { return sizeof(T); }

  // Writes `value` to `at`, its padding as zeros.
  static void store(std::byte* at, const T& value) {
    if constexpr (!kHasPadding) {
      ::new (static_cast<void*>(at)) T(value);
    } else {
      std::memset(at, 0, sizeof(T));
      const auto* const base = reinterpret_cast<const std::byte*>(&value);
      packed::for_each_leaf(value, [at, base](const auto& leaf) {
        std::memcpy(at + (reinterpret_cast<const std::byte*>(&leaf) - base), &leaf, sizeof(leaf));
      });
    }
  }
  // The same for many; `at` may be null when there is none.
  static void store_all(std::byte* at, const T* values, std::size_t n) {
    if constexpr (!kHasPadding) {
      if (n != 0) {
        std::memcpy(at, values, n * sizeof(T));
      }
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        store(at + i * sizeof(T), values[i]);
      }
    }
  }

  static void encode(const T& value, Column* columns) {
    // A fixed size keeps the bytes of packed types apart in types: nothing here aliases a Column.
    store(columns[0].claim(sizeof(T)), value);
  }
  static void decode(Cursor* columns, T& out) {
    std::memcpy(static_cast<void*>(&out), columns[0].take(sizeof(T)), sizeof(T));
  }

  // Whether the column holds exactly `n` values, each of which may be looked at.
  static bool fits(std::uint64_t n, const ColumnBytes* columns) {
    if (columns[0].size() % sizeof(T) != 0 || columns[0].size() / sizeof(T) != n) {
      return false;
    }
    if constexpr (kHasBool) {
      const auto* const values = reinterpret_cast<const T*>(columns[0].data());
      for (std::uint64_t i = 0; i < n; ++i) {
        if (!bools_are_valid(values[i])) {
          return false;
        }
      }
    }
    return true;
  }

 private:
  static bool bools_are_valid(const T& value) {
    bool valid = true;
    packed::for_each_leaf(value, [&valid]<class L>(const L& leaf) {
      if constexpr (std::is_same_v<L, bool>) {
        valid = valid && *reinterpret_cast<const unsigned char*>(&leaf) <= 1;
      }
    });
    return valid;
  }
};

}  // namespace eagre::data
