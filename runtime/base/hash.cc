#include "runtime/base/hash.h"

#include <xxhash.h>

namespace eagre::base {

std::uint64_t hash_bytes(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace eagre::base
