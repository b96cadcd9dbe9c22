// How records become columns and columns records again: Codec<T>, derived from the type alone.
//
// A codec offers, for a type that is a record (refusal.h):
//   kPacked         the records can be read in place as a std::span<const T>; then kColumns is 1
//   kColumns        how many columns it fills, in order
//   kLayout         fingerprint of the structure (layout.h)
//   kFixedSize      encoded_size does not depend on the value
//   kWidths         if kFixedSize: the bytes of a record in each column, as an array
//   encoded_size(v) bytes that encode(v, ...) adds to all columns together
//   encode(v, columns), decode(cursors, out)
//   fits(n, columns) whether the columns hold exactly n values; only such columns may be decoded
// Law: decode gives back what encode took; the bytes depend on the value alone (never on padding).
#pragma once

#include <functional>
#include <string_view>
#include <type_traits>

#include "runtime/data/codec_fields.h"
#include "runtime/data/codec_packed.h"
#include "runtime/data/codec_sequence.h"

namespace eagre::data {

namespace detail {

template <class T>
struct IsView : std::false_type {};
template <class C, class Traits>
struct IsView<std::basic_string_view<C, Traits>> : std::true_type {};
template <class T, std::size_t n>
struct IsView<std::span<T, n>> : std::true_type {};
template <class T>
struct IsView<std::reference_wrapper<T>> : std::true_type {};

template <class Fields>
struct PartsRefusal;
template <class... Field>
struct PartsRefusal<reflect::TypeList<Field...>> {
  static constexpr Refusal kRefusal = first_refusal({Codec<Field>::kRefusal...});
  static constexpr bool kAllPacked = (true && ... && Codec<Field>::kPacked);
};

// Arrays, aggregates, scalars and foreign classes; the rest has codecs of its own.
template <class T>
constexpr Refusal refusal_of() {
  if constexpr (std::is_reference_v<T> || std::is_const_v<T> || std::is_volatile_v<T>) {
    return Refusal::reference;
  } else if constexpr (std::is_same_v<T, long double>) {
    return Refusal::long_double;
  } else if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T> ||
                       std::is_null_pointer_v<T>) {
    return Refusal::pointer;
  } else if constexpr (Scalar<T>) {
    return Refusal::none;
  } else if constexpr (std::is_array_v<T>) {
    return Refusal::c_array;
  } else if constexpr (IsView<T>::value) {
    return Refusal::view;
  } else if constexpr (std::is_union_v<T>) {
    return Refusal::union_type;
  } else if constexpr (!std::is_class_v<T>) {
    return Refusal::closed_class;
  } else if constexpr (alignof(T) > 8) {
    return Refusal::alignment;
  } else if constexpr (packed::Leaf<T>) {
    return std::is_trivially_copyable_v<T> ? Refusal::none : Refusal::closed_class;
  } else if constexpr (IsArray<T>::value) {
    if constexpr (std::tuple_size_v<T> == 0) {
      return Refusal::no_fields;
    } else {
      return Codec<typename T::value_type>::kRefusal;
    }
  } else if constexpr (!std::is_aggregate_v<T>) {
    return Refusal::closed_class;
  } else if constexpr (!std::is_copy_assignable_v<T> && std::is_copy_constructible_v<T>) {
    return Refusal::reference;
  } else if constexpr (!std::is_default_constructible_v<T>) {
    return Refusal::no_default;
  } else if constexpr (reflect::has_base<T>()) {
    return Refusal::inherited;
  } else if constexpr (reflect::has_c_array<T>()) {
    return Refusal::c_array;
  } else if constexpr (reflect::kFields<T> > reflect::kMaxFields) {
    return Refusal::many_fields;
  } else {
    return PartsRefusal<reflect::FieldTypes<T>>::kRefusal;
  }
}

// Stands in for what is refused, so that the refusal is the only error.
template <class T, Refusal refusal>
struct RefusedCodec {
  static constexpr Refusal kRefusal = refusal;
  static constexpr bool kPacked = false;
  static constexpr bool kFixedSize = true;
  static constexpr std::size_t kColumns = 1;
  static constexpr std::array<std::uint32_t, 1> kWidths = {1};
  static constexpr std::uint64_t kLayout = 0;
  static constexpr std::uint64_t encoded_size(const T&) { return 0; }
  static void encode(const T&, Column*) {}
  static void decode(Cursor*, T&) {}
  static bool fits(std::uint64_t, const ColumnBytes*) { return false; }
};

template <class T>
constexpr bool all_packed() {
  if constexpr (packed::Leaf<T>) {
    return true;
  } else if constexpr (IsArray<T>::value) {
    return Codec<typename T::value_type>::kPacked;
  } else {
    return std::is_trivially_copyable_v<T> && PartsRefusal<reflect::FieldTypes<T>>::kAllPacked;
  }
}

template <class T>
constexpr auto choose_codec() {
  constexpr Refusal refusal = refusal_of<T>();
  if constexpr (refusal != Refusal::none) {
    return std::type_identity<RefusedCodec<T, refusal>>();
  } else if constexpr (all_packed<T>()) {
    return std::type_identity<PackedCodec<T>>();
  } else if constexpr (IsArray<T>::value) {
    return std::type_identity<ArrayCodec<T>>();
  } else {
    return std::type_identity<AggregateCodec<T>>();
  }
}

}  // namespace detail

template <class T>
struct Codec : decltype(detail::choose_codec<T>())::type {};

}  // namespace eagre::data
