// Any record as text for people: numbers and strings as they are, records of several fields as
// [1, abc, [2, 3]], nothing as null, and what cannot be looked into as its size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/data/canonical.h"
#include "runtime/data/reflect.h"
#include "runtime/data/wrapped.h"

namespace eagre::dataflow {

void append_text(std::string& text, std::int64_t number);
void append_text(std::string& text, std::uint64_t number);
void append_text(std::string& text, double number);
void append_opaque(std::string& text, std::size_t bytes);

namespace detail {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsTuple = false;
template <class... T>
inline constexpr bool kIsTuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool kIsTuple<std::pair<A, B>> = true;
template <class T>
inline constexpr bool kIsSequence = data::IsArray<T>::value;
template <class T>
inline constexpr bool kIsSequence<std::vector<T>> = true;

// Whether its fields are what it is made of, rather than a codec of the user's own.
template <class T>
inline constexpr bool kHasFields =
    std::is_aggregate_v<T> && !data::kPackedClass<T> &&
    std::is_base_of_v<typename decltype(data::detail::choose_codec<T>())::type, data::Codec<T>>;

}  // namespace detail

template <class T>
void append_record(std::string& text, const T& value) {
  const auto append_all = [&text](const auto&... part) {
    text += '[';
    std::string_view separator;
    ((text += std::exchange(separator, ", "), append_record(text, part)), ...);
    text += ']';
  };
  if constexpr (data::StringLike<T>) {
    text += std::string_view(value);
  } else if constexpr (std::is_enum_v<T>) {
    append_record(text, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    append_text(text, double{value});
  } else if constexpr (std::is_arithmetic_v<T>) {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    append_text(text, static_cast<Wide>(value));
  } else if constexpr (data::WrappedScalar<T>) {
    append_record(text, data::Wrapped<T>::unwrap(value));
  } else if constexpr (detail::kIsOptional<T>) {
    if (value) {
      append_record(text, *value);
    } else {
      text += "null";
    }
  } else if constexpr (detail::kIsSequence<T>) {
    text += '[';
    std::string_view separator;
    for (const auto& element : value) {
      text += std::exchange(separator, ", ");
      append_record(text, element);
    }
    text += ']';
  } else if constexpr (detail::kIsTuple<T>) {
    std::apply(append_all, value);
  } else if constexpr (detail::kHasFields<T>) {
    std::apply(append_all, data::reflect::fields(value));
  } else {
    append_opaque(text, data::Codec<T>::encoded_size(value));
  }
}

template <class T>
std::string record_text(const T& record) {
  std::string text;
  append_record(text, record);
  return text;
}

}  // namespace eagre::dataflow
