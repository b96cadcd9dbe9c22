// Random records of every kind that has a codec, with the values that tend to break codecs; and
// what it means that a record came back the same.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/data/codec.h"
#include "tests/support/rapidcheck.h"

namespace eagre::data::testing {

enum class Colour : std::uint8_t { red, green, blue };

// Without padding.
struct Point {
  std::int64_t x;
  std::int64_t y;
  bool operator==(const Point&) const = default;
};

// Padding between and after the fields.
struct Padded {
  char tag;
  std::uint64_t key;
  bool flag;
  std::int16_t small;
};

struct Empty {};

struct Reading {
  std::uint32_t sensor;
  std::chrono::microseconds at;
  double value;
  Colour colour;
  std::array<std::uint16_t, 3> raw;
  Empty nothing;
};

struct Order {
  std::string customer;
  Padded padded;
  std::optional<std::string> note;
  std::vector<std::pair<std::uint32_t, std::string>> lines;
  std::optional<Point> place;
  bool paid;
};

struct Deep {
  std::vector<std::optional<std::vector<Order>>> orders;
  std::tuple<std::string, std::optional<std::optional<std::int8_t>>, double> mixed;
  std::array<std::string, 2> names;
  std::vector<bool> flags;
  std::vector<Padded> points;
};

// Equal down to the bits of floating point numbers, by looking at fields alone.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
  } else if constexpr (requires { a.has_value(); }) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  } else if constexpr (requires { a == b; } && (Scalar<T> || WrappedScalar<T>)) {
    return a == b;
  } else if constexpr (requires { a.begin(); }) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!same<typename T::value_type>(a[i], b[i])) return false;
    }
    return true;
  } else {
    const auto fields = [](const T& value) {
      if constexpr (requires { std::tuple_size<T>::value; }) {
        return std::apply([](const auto&... part) { return std::tie(part...); }, value);
      } else {
        return reflect::fields(value);
      }
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      [[maybe_unused]] const auto x = fields(a);
      [[maybe_unused]] const auto y = fields(b);
      return (same(std::get<I>(x), std::get<I>(y)) && ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(fields(a))>>());
  }
}

// Any value of T; floating point with all its special values.
template <class T>
rc::Gen<T> anything() {
  if constexpr (std::is_enum_v<T>) {
    return rc::gen::map(rc::gen::inRange(0, 3), [](int i) { return static_cast<T>(i); });
  } else if constexpr (std::is_floating_point_v<T>) {
    using Limits = std::numeric_limits<T>;
    return rc::gen::oneOf(
        rc::gen::element<T>(T{0}, -T{0}, Limits::quiet_NaN(), -Limits::quiet_NaN(),
                            Limits::infinity(), -Limits::infinity(), Limits::denorm_min(),
                            Limits::lowest(), Limits::max()),
        rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                     [](std::int64_t i) { return static_cast<T>(i) / 1000; }));
  } else if constexpr (std::is_same_v<T, bool>) {
    return rc::gen::arbitrary<bool>();
  } else if constexpr (Scalar<T>) {
    return rc::gen::oneOf(
        rc::gen::arbitrary<T>(),
        rc::gen::element<T>(std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), T{0}));
  } else if constexpr (DurationLike<T>) {
    return rc::gen::map(rc::gen::arbitrary<typename T::rep>(), [](auto count) { return T(count); });
  } else if constexpr (std::is_same_v<T, std::string>) {
    return rc::gen::oneOf(
        rc::gen::arbitrary<std::string>(),
        rc::gen::container<std::string>(rc::gen::element('\0', '\1', '\xff', 'a')));
  } else if constexpr (requires { std::declval<T>().has_value(); }) {
    return rc::gen::mapcat(rc::gen::arbitrary<bool>(), [](bool present) -> rc::Gen<T> {
      if (!present) return rc::gen::just(T());
      return rc::gen::map(anything<typename T::value_type>(),
                          [](auto value) { return T(std::move(value)); });
    });
  } else if constexpr (requires(T t) { t.push_back(std::declval<typename T::value_type>()); }) {
    // Nested containers shrink in size with depth, or they would explode.
    return rc::gen::scale(0.5, rc::gen::container<T>(anything<typename T::value_type>()));
  } else if constexpr (IsArray<T>::value) {
    return rc::gen::exec([] {
      T array{};
      for (auto& element : array) element = *anything<typename T::value_type>();
      return array;
    });
  } else {
    return rc::gen::exec([] {
      T value{};
      const auto fill = [](auto&... part) {
        ((part = *anything<std::remove_reference_t<decltype(part)>>()), ...);
      };
      if constexpr (requires { std::tuple_size<T>::value; }) {
        std::apply(fill, value);
      } else {
        std::apply(fill, reflect::fields(value));
      }
      return value;
    });
  }
}

template <class T>
rc::Gen<std::vector<T>> records() {
  return rc::gen::container<std::vector<T>>(anything<T>());
}

// Not shrunk: shrinking nested records takes longer than looking at them.
template <class T>
std::vector<T> draw_records() {
  return *rc::gen::noShrink(records<T>());
}

}  // namespace eagre::data::testing
