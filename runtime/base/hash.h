// The one hash function of the library: xxh3, 64 bits, seed 0. Routing, key groups, checkpoint
// checksums and ties are built on it, so its values are part of the stored formats: they are the
// same on every machine and in every version. Source: xxHash, doc/xxhash_spec.md (XXH3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace eagre::base {

std::uint64_t hash_bytes(std::span<const std::byte> bytes);

// hash_bytes of the eight little-endian bytes of `value`, inline (XXH3's case of 4 to 8 bytes).
constexpr std::uint64_t hash_u64(std::uint64_t value) {
  // Bytes 8-15 and 16-23 of XXH3's default secret.
  constexpr std::uint64_t kSecret = 0x1cad21f72c81017cULL ^ 0xdb979083e96dd4deULL;
  constexpr std::uint64_t kPrime = 0x9fb21c651e98df25ULL;
  std::uint64_t h = ((value >> 32) | (value << 32)) ^ kSecret;
  h ^= ((h << 49) | (h >> 15)) ^ ((h << 24) | (h >> 40));
  h *= kPrime;
  h ^= (h >> 35) + 8;
  h *= kPrime;
  return h ^ (h >> 28);
}

}  // namespace eagre::base
