// Hash tables over record keys: hashed and compared by their canonical form, so that -0.0 is 0.0,
// every NaN is one key, and padding means nothing.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstddef>
#include <string>
#include <type_traits>

#include "runtime/data/key.h"

namespace eagre::operators {

template <class K>
struct KeyHash {
  std::size_t operator()(const K& key) const { return data::key_hash(key); }
};

template <class K>
struct KeyEqual {
  bool operator()(const K& a, const K& b) const {
    if constexpr (std::is_integral_v<K> || std::is_enum_v<K> || std::is_same_v<K, std::string>) {
      return a == b;
    } else {
      // Not the type's own ==, which may be missing or mean something else than its bytes.
      const data::CanonicalLess<K> less;
      return !less(a, b) && !less(b, a);
    }
  }
};

template <class K, class V>
using KeyMap = absl::flat_hash_map<K, V, KeyHash<K>, KeyEqual<K>>;

template <class K>
using KeySet = absl::flat_hash_set<K, KeyHash<K>, KeyEqual<K>>;

}  // namespace eagre::operators
