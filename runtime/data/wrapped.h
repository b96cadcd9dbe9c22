// Classes that are one scalar with a meaning: durations, points in time, strong ids. They travel
// as that scalar; they are recognised by shape, so that <chrono> need not be included here.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "runtime/base/ids.h"
#include "runtime/data/layout.h"

namespace eagre::data {

template <class T>
concept Scalar = (std::is_arithmetic_v<T> || std::is_enum_v<T>)&&!std::is_same_v<T, long double> &&
                 !std::is_const_v<T> && !std::is_volatile_v<T>;

// `unwrap` gives the scalar; `meaning` is mixed into the layout.
template <class T>
struct Wrapped {
  static constexpr bool kKnown = false;
};

template <class Tag, class Int>
struct Wrapped<base::Id<Tag, Int>> {
  static constexpr bool kKnown = true;
  static Int unwrap(base::Id<Tag, Int> id) { return id.value(); }
  static constexpr std::uint64_t layout(std::uint64_t scalar) { return scalar; }
};

template <class T>
concept DurationLike = requires(const T t) {
  typename T::rep;
  T::period::num;
  T::period::den;
  { t.count() } -> std::same_as<typename T::rep>;
  requires sizeof(T) == sizeof(typename T::rep);
  requires Scalar<typename T::rep>;
};

template <DurationLike T>
struct Wrapped<T> {
  static constexpr bool kKnown = true;
  static auto unwrap(const T& duration) { return duration.count(); }
  // A count of milliseconds is not a count of microseconds.
  static constexpr std::uint64_t layout(std::uint64_t scalar) {
    return layout_of(LayoutKind::duration, {scalar, static_cast<std::uint64_t>(T::period::num),
                                            static_cast<std::uint64_t>(T::period::den)});
  }
};

template <class T>
concept TimePointLike = requires(const T t) {
  typename T::clock;
  { t.time_since_epoch() } -> std::same_as<typename T::duration>;
  requires DurationLike<typename T::duration>;
  requires sizeof(T) == sizeof(typename T::duration);
};

template <TimePointLike T>
struct Wrapped<T> {
  static constexpr bool kKnown = true;
  static auto unwrap(const T& point) { return point.time_since_epoch().count(); }
  static constexpr std::uint64_t layout(std::uint64_t scalar) {
    return layout_of(LayoutKind::time_point, {Wrapped<typename T::duration>::layout(scalar)});
  }
};

template <class T>
concept WrappedScalar = Wrapped<T>::kKnown;

template <WrappedScalar T>
using WrappedType = decltype(Wrapped<T>::unwrap(std::declval<const T&>()));

// Set this to true for a trivially copyable class of your own (constructors, private members) to
// let it travel as its bytes. You promise what cannot be seen from outside: no pointer, view or
// reference in it, no padding, and every bit pattern is safe to copy.
template <class T>
inline constexpr bool kPackedClass = false;

}  // namespace eagre::data
