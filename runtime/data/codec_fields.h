// Records of several parts (aggregates, pairs, tuples, arrays of what is not packed): the columns
// of the first part, then those of the second, and so on. One column per leaf field.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "runtime/data/codec_packed.h"

namespace eagre::data {

constexpr Refusal first_refusal(std::initializer_list<Refusal> parts) {
  for (const Refusal part : parts) {
    if (part != Refusal::none) {
      return part;
    }
  }
  return Refusal::none;
}

// The widths of the columns of all parts, if each has a fixed size.
template <class... Part>
constexpr auto joined_widths() {
  std::array<std::uint32_t, (std::size_t{0} + ... + Codec<Part>::kColumns)> widths{};
  if constexpr ((true && ... && Codec<Part>::kFixedSize)) {
    [[maybe_unused]] auto at = widths.begin();
    ((at = std::copy(Codec<Part>::kWidths.begin(), Codec<Part>::kWidths.end(), at)), ...);
  }
  return widths;
}

// What all of them share; `parts` are tuples of references.
template <class... Part>
struct PartsCodec {
  static constexpr Refusal kRefusal =
      sizeof...(Part) == 0 ? Refusal::no_fields : first_refusal({Codec<Part>::kRefusal...});
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = (true && ... && Codec<Part>::kFixedSize);
  static constexpr std::size_t kColumns = (std::size_t{0} + ... + Codec<Part>::kColumns);
  static constexpr auto kWidths = joined_widths<Part...>();
  static constexpr std::uint64_t kLayout = layout_of(LayoutKind::fields, {Codec<Part>::kLayout...});

  static constexpr std::uint64_t size_of(const Part&... part) {
    return (std::uint64_t{0} + ... + Codec<Part>::encoded_size(part));
  }
  static void encode_parts(Column* columns, const Part&... part) {
    ((Codec<Part>::encode(part, columns), columns += Codec<Part>::kColumns), ...);
  }
  static void decode_parts(Cursor* columns, Part&... part) {
    ((Codec<Part>::decode(columns, part), columns += Codec<Part>::kColumns), ...);
  }
  static bool fits(std::uint64_t n, const ColumnBytes* columns) {
    std::size_t at = 0;
    return (true && ... &&
            Codec<Part>::fits(n, columns + std::exchange(at, at + Codec<Part>::kColumns)));
  }
};

template <class First, class Second>
struct Codec<std::pair<First, Second>> : PartsCodec<First, Second> {
  using Parts = PartsCodec<First, Second>;
  using T = std::pair<First, Second>;
  static constexpr std::uint64_t encoded_size(const T& value) {
    return Parts::size_of(value.first, value.second);
  }
  static void encode(const T& value, Column* columns) {
    Parts::encode_parts(columns, value.first, value.second);
  }
  static void decode(Cursor* columns, T& out) {
    Parts::decode_parts(columns, out.first, out.second);
  }
};

template <class... Part>
struct Codec<std::tuple<Part...>> : PartsCodec<Part...> {
  using Parts = PartsCodec<Part...>;
  using T = std::tuple<Part...>;
  static constexpr std::uint64_t encoded_size(const T& value) {
    return std::apply(Parts::size_of, value);
  }
  static void encode(const T& value, Column* columns) {
    std::apply([columns](const Part&... part) { Parts::encode_parts(columns, part...); }, value);
  }
  static void decode(Cursor* columns, T& out) {
    std::apply([columns](Part&... part) { Parts::decode_parts(columns, part...); }, out);
  }
};

// `Fields` lists the types of the aggregate's fields.
template <class T, class Fields = reflect::FieldTypes<T>>
struct AggregateCodec;

template <class T, class... Field>
struct AggregateCodec<T, reflect::TypeList<Field...>> : PartsCodec<Field...> {
  using Parts = PartsCodec<Field...>;
  static constexpr std::uint64_t encoded_size(const T& value) {
    return std::apply(Parts::size_of, reflect::fields(value));
  }
  static void encode(const T& value, Column* columns) {
    std::apply([columns](const Field&... field) { Parts::encode_parts(columns, field...); },
               reflect::fields(value));
  }
  static void decode(Cursor* columns, T& out) {
    std::apply([columns](Field&... field) { Parts::decode_parts(columns, field...); },
               reflect::fields(out));
  }
};

// An array of what is not packed: its elements one after another in the columns of one.
template <class T>
struct ArrayCodec;

template <class Element, std::size_t n>
struct ArrayCodec<std::array<Element, n>> {
  using T = std::array<Element, n>;
  using Inner = Codec<Element>;
  static constexpr Refusal kRefusal = Inner::kRefusal;
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = Inner::kFixedSize;
  static constexpr std::size_t kColumns = Inner::kColumns;
  static constexpr auto kWidths = [] {
    auto widths = joined_widths<Element>();
    for (std::uint32_t& width : widths) {
      width *= static_cast<std::uint32_t>(n);
    }
    return widths;
  }();
  static constexpr std::uint64_t kLayout = layout_of(LayoutKind::array, {n, Inner::kLayout});

  static constexpr std::uint64_t encoded_size(const T& value) {
    std::uint64_t size = 0;
    for (const Element& element : value) {
      size += Inner::encoded_size(element);
    }
    return size;
  }
  static void encode(const T& value, Column* columns) {
    for (const Element& element : value) {
      Inner::encode(element, columns);
    }
  }
  static void decode(Cursor* columns, T& out) {
    for (Element& element : out) {
      Inner::decode(columns, element);
    }
  }
  static bool fits(std::uint64_t count, const ColumnBytes* columns) {
    // No batch holds 2^40 values; beyond it the product could wrap.
    return count < (std::uint64_t{1} << 40) / n && Inner::fits(count * n, columns);
  }
};

}  // namespace eagre::data
