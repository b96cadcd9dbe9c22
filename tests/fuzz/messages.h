// The messages of a packet, as a joined node gets them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/control/packet.h"

namespace eagre::control::testing {

inline std::vector<Message> messages_of(const std::uint8_t* data, std::size_t size) {
  std::vector<Message> messages;
  PacketReader reader(std::as_bytes(std::span(data, size)));
  while (!reader.at_end()) {
    base::Result<Message> message = reader.next();
    if (!message.ok()) {
      break;
    }
    messages.push_back(*std::move(message));
  }
  return messages;
}

}  // namespace eagre::control::testing
