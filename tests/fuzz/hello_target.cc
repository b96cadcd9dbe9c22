// Fuzz target: the first packet on a link, judged as a node does that waits for others.
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "runtime/base/check.h"
#include "runtime/control/membership.h"
#include "runtime/control/packet.h"
#include "tests/fuzz/hello.h"

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eagre::control;
  PacketReader reader(std::as_bytes(std::span(data, size)));
  if (reader.at_end()) {
    return 0;
  }
  const auto message = reader.next();
  if (!message.ok()) {
    return 0;
  }
  const Hello* const hello = std::get_if<Hello>(&message.value());
  if (hello == nullptr) {
    return 0;
  }
  Membership membership(testing::hello_of(0), {{"a", 1}, {"b", 2}, {"c", 3}});
  const auto status = membership.judge(*hello);
  // A log line: bounded and printable.
  EAGRE_CHECK(status.message().size() < 2000, "a reason of {} bytes", status.message().size());
  for (const char c : status.message()) {
    EAGRE_CHECK(c >= ' ' && c <= '~', "a reason with byte {}", static_cast<int>(c));
  }
  if (status.ok()) {
    membership.join(*hello);
  }
  return 0;
}
