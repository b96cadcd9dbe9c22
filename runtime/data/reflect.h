// The fields of an aggregate, without a macro in the user's code: they are counted by trying how
// many initialisers fit, and bound by a structured binding.
#pragma once

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eagre::data::reflect {

// Aggregates of more fields are refused.
inline constexpr std::size_t kMaxFields = 32;

namespace detail {

// A pair of Anything at a std::tuple would else choose its constructor with an allocator, the body
// of which does not compile.
template <class U>
concept Initialiser = !std::is_same_v<U, std::allocator_arg_t>;

// Initialises a member of any type; used unevaluated.
struct Anything {
  std::size_t ignored;
  template <Initialiser U>
  operator U&() const&;
  template <Initialiser U>
  operator U&() const&&;
};

// Initialises nothing but a base class of T.
template <class T>
struct AnyBaseOf {
  template <class U>
  requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>) operator U&() const&;
  template <class U>
  requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>) operator U&() const&&;
};

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    T{Anything{I}...};
  };
}

template <class T, std::size_t... Before, std::size_t... After>
constexpr bool takes_pair(std::index_sequence<Before...>, std::index_sequence<After...>) {
  return requires {
    T{Anything{Before}..., {Anything{0}, Anything{1}}, Anything{After}...};
  };
}

// How many initialisers T takes, the elements of C arrays counted one by one; kMaxFields + 1
// stands for more.
template <class T, std::size_t n = 0>
constexpr std::size_t count_initialisers() {
  if constexpr (n <= kMaxFields && takes<T>(std::make_index_sequence<n + 1>())) {
    return count_initialisers<T, n + 1>();
  } else {
    return n;
  }
}

// A braced pair at an array takes the place of all its elements, so fewer may follow it.
template <class T, std::size_t flat, std::size_t... I>
constexpr bool some_array(std::index_sequence<I...>) {
  return (
      (takes_pair<T>(std::make_index_sequence<I>(), std::make_index_sequence<0>()) &&
       !takes_pair<T>(std::make_index_sequence<I>(), std::make_index_sequence<flat - I - 1>())) ||
      ...);
}

}  // namespace detail

// Whether the aggregate T has a base class.
template <class T>
constexpr bool has_base() {
  return requires {
    T{detail::AnyBaseOf<T>{}};
  };
}

// Whether the default constructible aggregate T, which has no base, has a member that is a C array
// of two or more elements. (An array of one element is seen as a field of array type.)
template <class T>
constexpr bool has_c_array() {
  constexpr std::size_t flat = detail::count_initialisers<T>();
  return detail::some_array<T, flat>(std::make_index_sequence<flat>());
}

// The number of fields of an aggregate without bases and C arrays.
template <class T>
inline constexpr std::size_t kFields = detail::count_initialisers<std::remove_const_t<T>>();

// References to the fields of `value`, in the order of declaration, as a std::tuple. T has at most
// kMaxFields fields.
template <class T>
constexpr auto fields([[maybe_unused]] T& value) {
  constexpr std::size_t n = kFields<T>;
  // clang-format off
  if constexpr (n == 0) {
    return std::tie();
  } else if constexpr (n == 1) {
    auto& [a1] = value;
    return std::tie(a1);
  } else if constexpr (n == 2) {
    auto& [a1, a2] = value;
    return std::tie(a1, a2);
  } else if constexpr (n == 3) {
    auto& [a1, a2, a3] = value;
    return std::tie(a1, a2, a3);
  } else if constexpr (n == 4) {
    auto& [a1, a2, a3, a4] = value;
    return std::tie(a1, a2, a3, a4);
  } else if constexpr (n == 5) {
    auto& [a1, a2, a3, a4, a5] = value;
    return std::tie(a1, a2, a3, a4, a5);
  } else if constexpr (n == 6) {
    auto& [a1, a2, a3, a4, a5, a6] = value;
    return std::tie(a1, a2, a3, a4, a5, a6);
  } else if constexpr (n == 7) {
    auto& [a1, a2, a3, a4, a5, a6, a7] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7);
  } else if constexpr (n == 8) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8);
  } else if constexpr (n == 9) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9);
  } else if constexpr (n == 10) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10);
  } else if constexpr (n == 11) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
  } else if constexpr (n == 12) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12);
  } else if constexpr (n == 13) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13);
  } else if constexpr (n == 14) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14);
  } else if constexpr (n == 15) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15);
  } else if constexpr (n == 16) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16);
  } else if constexpr (n == 17) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17);
  } else if constexpr (n == 18) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18);
  } else if constexpr (n == 19) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19);
  } else if constexpr (n == 20) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20);
  } else if constexpr (n == 21) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21);
  } else if constexpr (n == 22) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22);
  } else if constexpr (n == 23) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23);
  } else if constexpr (n == 24) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24);
  } else if constexpr (n == 25) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25);
  } else if constexpr (n == 26) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26);
  } else if constexpr (n == 27) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27);
  } else if constexpr (n == 28) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28);
  } else if constexpr (n == 29) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29);
  } else if constexpr (n == 30) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30);
  } else if constexpr (n == 31) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31);
  } else if constexpr (n == 32) {
    auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32] = value;
    return std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32);
  }
  // clang-format on
}

template <class... T>
struct TypeList {};

namespace detail {
template <class Tuple>
struct ListOf;
template <class... T>
struct ListOf<std::tuple<T&...>> {
  using type = TypeList<std::remove_cv_t<T>...>;
};
}  // namespace detail

// The types of the fields of T.
template <class T>
using FieldTypes = typename detail::ListOf<decltype(fields(std::declval<T&>()))>::type;

}  // namespace eagre::data::reflect
