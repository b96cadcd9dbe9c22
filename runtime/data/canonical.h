// The canonical form of a value: bytes that are equal exactly for equal values, the same on every
// machine and in every version, and whose order is the library's order of records ("by encoded
// record"): numeric for numbers, bytewise for strings, field by field for the rest.
//
// Laws: equal values have equal encodings (-0.0 is 0.0, all NaN are one value, padding is never
// looked at); no encoding of a type is the beginning of another of that type; CanonicalLess orders
// as the encodings do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/data/codec.h"
#include "runtime/data/ordered_bytes.h"

namespace eagre::data {

// What canonical_encode, key_hash and CanonicalLess do for a type: `encode` appends the canonical
// bytes, `compare` is <0, 0, >0. Specialise it together with Codec<T> for a type of your own.
template <class T>
struct Canonical;

// Strings in all their forms are one kind of value.
template <class T>
concept StringLike = std::is_convertible_v<const T&, std::string_view>;

template <Scalar T>
struct Canonical<T> {
  static void encode(T value, OrderedBytes& out) {
    out.put_big_endian(ordered_number(value), sizeof(T));
  }
  static int compare(T a, T b) {
    const auto x = ordered_number(a);
    const auto y = ordered_number(b);
    return x < y ? -1 : x == y ? 0 : 1;
  }
};

template <WrappedScalar T>
struct Canonical<T> {
  using Inner = Canonical<WrappedType<T>>;
  static void encode(const T& value, OrderedBytes& out) {
    Inner::encode(Wrapped<T>::unwrap(value), out);
  }
  static int compare(const T& a, const T& b) {
    return Inner::compare(Wrapped<T>::unwrap(a), Wrapped<T>::unwrap(b));
  }
};

template <StringLike T>
struct Canonical<T> {
  static void encode(const T& value, OrderedBytes& out) { out.put_string(value); }
  static int compare(const T& a, const T& b) {
    return std::string_view(a).compare(std::string_view(b));
  }
};

template <class T>
struct Canonical<std::optional<T>> {
  static void encode(const std::optional<T>& value, OrderedBytes& out) {
    out.put(value ? 1 : 0);
    if (value) {
      Canonical<T>::encode(*value, out);
    }
  }
  static int compare(const std::optional<T>& a, const std::optional<T>& b) {
    if (!a || !b) {
      return static_cast<int>(a.has_value()) - static_cast<int>(b.has_value());
    }
    return Canonical<T>::compare(*a, *b);
  }
};

template <class T>
struct Canonical<std::vector<T>> {
  static void encode(const std::vector<T>& value, OrderedBytes& out) {
    for (const T& element : value) {
      out.put(1);
      Canonical<T>::encode(element, out);
    }
    out.put(0);
  }
  static int compare(const std::vector<T>& a, const std::vector<T>& b) {
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
      if (const int order = Canonical<T>::compare(a[i], b[i]); order != 0) {
        return order;
      }
    }
    return a.size() < b.size() ? -1 : a.size() == b.size() ? 0 : 1;
  }
};

template <class T, std::size_t n>
struct Canonical<std::array<T, n>> {
  static void encode(const std::array<T, n>& value, OrderedBytes& out) {
    for (const T& element : value) {
      Canonical<T>::encode(element, out);
    }
  }
  static int compare(const std::array<T, n>& a, const std::array<T, n>& b) {
    for (std::size_t i = 0; i < n; ++i) {
      if (const int order = Canonical<T>::compare(a[i], b[i]); order != 0) {
        return order;
      }
    }
    return 0;
  }
};

namespace detail {

// `Tuple` is a std::tuple of values or references.
template <class Tuple>
void encode_all(const Tuple& tuple, OrderedBytes& out) {
  std::apply(
      [&out]<class... Part>(const Part&... part) { (Canonical<Part>::encode(part, out), ...); },
      tuple);
}

template <class Tuple, std::size_t... I>
int compare_all(const Tuple& a, const Tuple& b, std::index_sequence<I...>) {
  int order = 0;
  (void)(... || ((order = Canonical<std::remove_cvref_t<std::tuple_element_t<I, Tuple>>>::compare(
                      std::get<I>(a), std::get<I>(b))) != 0));
  return order;
}

template <class Tuple>
int compare_all(const Tuple& a, const Tuple& b) {
  return compare_all(a, b, std::make_index_sequence<std::tuple_size_v<Tuple>>());
}

}  // namespace detail

template <class First, class Second>
struct Canonical<std::pair<First, Second>> {
  using T = std::pair<First, Second>;
  static void encode(const T& value, OrderedBytes& out) {
    detail::encode_all(std::tie(value.first, value.second), out);
  }
  static int compare(const T& a, const T& b) {
    return detail::compare_all(std::tie(a.first, a.second), std::tie(b.first, b.second));
  }
};

template <class... Part>
struct Canonical<std::tuple<Part...>> {
  using T = std::tuple<Part...>;
  static void encode(const T& value, OrderedBytes& out) { detail::encode_all(value, out); }
  static int compare(const T& a, const T& b) { return detail::compare_all(a, b); }
};

// Aggregates field by field, never by their bytes: padding and NaN are no part of the value.
template <class T>
struct Canonical {
  static_assert(check_record<T>());
  static constexpr bool kBytes = kPackedClass<T>;

  static_assert(!kBytes || std::has_unique_object_representations_v<T>,
                "eagre: equal values of this class can differ in their bytes, so it has no "
                "canonical form; use a key made of its fields, or specialise "
                "eagre::data::Canonical<T>");

  static void encode(const T& value, OrderedBytes& out) {
    if constexpr (kBytes) {
      out.put_raw(&value, sizeof(T));
    } else {
      detail::encode_all(reflect::fields(value), out);
    }
  }
  static int compare(const T& a, const T& b) {
    if constexpr (kBytes) {
      return std::memcmp(&a, &b, sizeof(T));
    } else {
      return detail::compare_all(reflect::fields(a), reflect::fields(b));
    }
  }
};

// Appends the canonical bytes of `value`.
template <class T>
void canonical_encode(const T& value, std::vector<std::byte>& out) {
  OrderedBytes bytes;
  Canonical<T>::encode(value, bytes);
  out.insert(out.end(), bytes.bytes().begin(), bytes.bytes().end());
}

// The total order of the canonical bytes, found without making them.
template <class T>
struct CanonicalLess {
  bool operator()(const T& a, const T& b) const { return Canonical<T>::compare(a, b) < 0; }
};

}  // namespace eagre::data
