// Keys: which worker a record belongs to. A key is hashed by value (canonical.h), its hash gives
// one of a fixed number of key groups, and a worker owns a contiguous range of groups. So the same
// key goes to the same group on every machine, in every version and for any number of workers:
// state saved by group can be restored by another number of workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "runtime/base/hash.h"
#include "runtime/data/canonical.h"

namespace eagre::data {

inline constexpr std::uint32_t kKeyGroups = 128;

// Law: equal keys hash alike. Integers and enums of equal value hash alike whatever their width,
// and so do float and double, and strings of every form. The values are pinned by tests.
template <class K>
std::uint64_t key_hash(const K& key) {
  if constexpr (StringLike<K>) {
    const std::string_view text(key);
    return base::hash_bytes(std::as_bytes(std::span(text)));
  } else if constexpr (WrappedScalar<K>) {
    return key_hash(Wrapped<K>::unwrap(key));
  } else if constexpr (std::is_enum_v<K>) {
    return key_hash(static_cast<std::underlying_type_t<K>>(key));
  } else if constexpr (std::is_floating_point_v<K> && Scalar<K>) {
    return base::hash_u64(ordered_number(static_cast<double>(key)));
  } else if constexpr (std::is_same_v<K, char>) {
    return base::hash_u64(static_cast<unsigned char>(key));
  } else if constexpr (Scalar<K>) {
    return base::hash_u64(static_cast<std::uint64_t>(key));
  } else if constexpr (Codec<K>::kPacked && std::has_unique_object_representations_v<K>) {
    return base::hash_bytes(std::as_bytes(std::span(&key, 1)));
  } else {
    OrderedBytes bytes;
    Canonical<K>::encode(key, bytes);
    return base::hash_bytes(bytes.bytes());
  }
}

constexpr std::uint32_t key_group(std::uint64_t hash) {
  static_assert(kKeyGroups == 128);
  return static_cast<std::uint32_t>(hash >> 57);
}

// Contiguous ranges; with more workers than groups some workers have none.
constexpr std::uint32_t worker_of_group(std::uint32_t group, std::uint32_t workers) {
  return static_cast<std::uint32_t>(std::uint64_t{group} * workers / kKeyGroups);
}

}  // namespace eagre::data
