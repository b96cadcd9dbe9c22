// What the nodes of the cluster that is fuzzed say of themselves.
#pragma once

#include <cstdint>

#include "runtime/control/handshake.h"

namespace eagre::control::testing {

inline Hello hello_of(std::uint32_t node) {
  return {.cluster = "orders",
          .program = "words",
          .plan = 17,
          .options = 19,
          .node = node,
          .nodes = 3,
          .workers = 2,
          .inbox_bytes = 4096,
          .generation = progress::Generation(1)};
}

}  // namespace eagre::control::testing
