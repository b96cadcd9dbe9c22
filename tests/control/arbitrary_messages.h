// Random messages between nodes, of every kind, with the values that tend to break encodings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/random.h"
#include "runtime/control/message.h"

namespace eagre::control::testing {

// How many kinds there are, and one of kind `kind`, whose lists have up to `size` elements.
inline constexpr std::size_t kKinds = std::variant_size_v<Message>;
Message any_message(base::Random& random, std::size_t kind, std::uint64_t size);
inline Message any_message(base::Random& random, std::uint64_t size) {
  return any_message(random, random.below(kKinds), size);
}

// Equal, records by their bytes.
bool same(const Message& a, const Message& b);

// The bytes of a packet of these messages.
std::vector<std::byte> packet_of(const std::vector<Message>& messages);

// The batch, the changes and the frontiers that figures are measured with.
ProgressSum four_changes();

}  // namespace eagre::control::testing
