// Random records of every kind that has a codec, with the values that tend to break codecs; and
// what it means that a record came back the same. RapidCheck chooses a seed and a size only (and
// shrinks the size): generators of its own for each type take minutes to compile.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/base/random.h"
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
    if (a.size() != b.size()) {
      return false;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!same<typename T::value_type>(a[i], b[i])) {
        return false;
      }
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

void fill_string(base::Random& random, std::uint64_t size, std::string& out);
double any_double(base::Random& random);
// All magnitudes are alike.
std::uint64_t any_bits(base::Random& random);

// Any value of T into `out`: containers of up to `size` elements, floating point with all its
// special values, integers often at their limits.
template <class T>
void fill(base::Random& random, std::uint64_t size, T& out) {
  if constexpr (std::is_enum_v<T>) {
    out = static_cast<T>(random.below(3));
  } else if constexpr (std::is_floating_point_v<T>) {
    using Limits = std::numeric_limits<T>;
    constexpr T special[] = {T{0},
                             -T{0},
                             Limits::quiet_NaN(),
                             -Limits::quiet_NaN(),
                             Limits::infinity(),
                             -Limits::infinity(),
                             Limits::denorm_min(),
                             Limits::lowest(),
                             Limits::max()};
    out = random.coin(0.5) ? special[random.below(std::size(special))]
                           : static_cast<T>(any_double(random));
  } else if constexpr (std::is_same_v<T, bool>) {
    out = random.coin(0.5);
  } else if constexpr (Scalar<T>) {
    using Limits = std::numeric_limits<T>;
    constexpr T special[] = {Limits::min(), Limits::max(), T{0}};
    out = random.coin(0.3) ? special[random.below(3)] : static_cast<T>(any_bits(random));
  } else if constexpr (DurationLike<T>) {
    out = T(static_cast<typename T::rep>(any_bits(random)));
  } else if constexpr (std::is_same_v<T, std::string>) {
    fill_string(random, size, out);
  } else if constexpr (requires { out.has_value(); }) {
    out.reset();
    if (random.coin(0.5)) {
      fill(random, size, out.emplace());
    }
  } else if constexpr (requires { out.push_back(std::declval<typename T::value_type>()); }) {
    out.clear();
    // Nested containers shrink in size with depth, or they would explode.
    for (std::uint64_t left = random.below(size + 1); left != 0; --left) {
      typename T::value_type element{};
      fill(random, size / 2, element);
      out.push_back(std::move(element));
    }
  } else if constexpr (IsArray<T>::value) {
    for (auto& element : out) {
      fill(random, size, element);
    }
  } else {
    const auto each = [&](auto&... part) { (fill(random, size, part), ...); };
    if constexpr (requires { std::tuple_size<T>::value; }) {
      std::apply(each, out);
    } else {
      std::apply(each, reflect::fields(out));
    }
  }
}

// One run of a property: where its random records come from.
// Threads: value.
struct Draw {
  base::Random random;
  std::uint64_t size;

  template <class T>
  T any() {
    T value{};
    fill(random, size, value);
    return value;
  }
  template <class T>
  std::vector<T> records() {
    return any<std::vector<T>>();
  }
};

// A seed and a size up to `max_size`, from RapidCheck; only inside of a property.
Draw any_draw(std::uint64_t max_size);

// A law on random records. RapidCheck shows the seed and the size with which it fails.
void check_records(const std::string& sentence, int cases, std::uint64_t max_size,
                   const std::function<void(Draw&)>& property);

}  // namespace eagre::data::testing
