// Fuzz target: the bytes of a packet. What can be read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/control/packet.h"
#include "tests/control/arbitrary_messages.h"

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eagre::control;
  std::vector<Message> messages;
  PacketReader reader(std::as_bytes(std::span(data, size)));
  while (!reader.at_end()) {
    auto message = reader.next();
    if (!message.ok()) {
      break;
    }
    messages.push_back(*std::move(message));
  }
  const std::vector<std::byte> again = testing::packet_of(messages);
  PacketReader second(again);
  for (const Message& message : messages) {
    const auto back = second.next();
    EAGRE_CHECK(back.ok() && testing::same(back.value(), message),
                "a message of kind {} came back different: {}", message.index(),
                back.status().to_string());
  }
  EAGRE_CHECK(second.at_end(), "more was read than was written");
  return 0;
}
