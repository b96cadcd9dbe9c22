// What a packet holds, read by a foreign program: Cap'n Proto's own tool with the schema.
// Catches: words written by hand that only our own reader takes for the message of the schema.

#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "runtime/control/packet.h"
#include "tests/control/arbitrary_messages.h"
#include "tests/data/batches.h"
#include "tests/support/capnp_tool.h"

namespace eagre::control {
namespace {

using data::testing::batch_of;
using eagre::testing::capnp_decode;
using progress::Generation;
using progress::Location;

// The body of the only entry of a packet, as schema/link.capnp says where it is.
std::vector<std::byte> body_of(const Message& message, std::uint32_t kind) {
  const std::vector<std::byte> packet = testing::packet_of({message});
  std::uint32_t header[6] = {};
  std::memcpy(header, packet.data(), sizeof(header));
  REQUIRE(header[0] == kind);
  REQUIRE(header[1] == packet.size() - sizeof(header));
  return {packet.begin() + sizeof(header), packet.end()};
}

std::string control(const Message& message) {
  std::string text = capnp_decode(body_of(message, 2), "link.capnp", "Control");
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

TEST_CASE("the capnp tool reads the records of a packet") {
  const std::string text = capnp_decode(
      body_of(Deliver{1, 2,
                      batch_of(std::vector<std::uint64_t>{0x4141},
                               data::Header{.generation = 3, .channel = 17, .time = {8, 2}}),
                      8},
              1));
  CAPTURE(text);
  CHECK(text.find("generation = 3, interval = 0, count = 1") != std::string::npos);
  CHECK(text.find(R"(channel = 17, time = [8, 2], columns = ["AA\000\000\000\000\000\000"])") !=
        std::string::npos);
}

TEST_CASE("the capnp tool reads progress that was written word by word") {
  CHECK(control(testing::four_changes()) ==
        "(generation = 1, progress = (sequence = 77, node = 2, changes = ["
        "(diff = -5, location = 3, coordinates = 2), (diff = -1, location = 4, coordinates = 2), "
        "(diff = 1, location = 4, coordinates = 2), (diff = 6, location = 9, coordinates = 2)], "
        "coordinates = [4, 1, 4, 1, 4, 2, 4, 1]))");
  CHECK(control(ProgressSum{.generation = Generation(1),
                            .process = progress::ProcessId(2),
                            .sequence = 0,
                            .changes = {}}) ==
        "(generation = 1, progress = (sequence = 0, node = 2, changes = [], coordinates = []))");
}

TEST_CASE("the capnp tool reads frontiers that were written word by word") {
  CHECK(control(FrontierDelta{
            Generation(1), 9, {{Location(3), {{1, 2}, {2, 1}}}, {Location(4), {}}}}) ==
        "(generation = 1, frontiers = (version = 9, moves = ["
        "(location = 3, times = 2, coordinates = 2), (location = 4, times = 0, coordinates = 0)], "
        "coordinates = [1, 2, 2, 1]))");
}

TEST_CASE("the capnp tool reads credit that was written word by word") {
  CHECK(control(Credit{Generation(6), 1, 2, 3, 1ull << 40}) ==
        "(generation = 6, credit = (bytes = 1099511627776, channel = 1, from = 2, to = 3))");
}

TEST_CASE("the capnp tool reads the other control messages") {
  CHECK(control(Hello{.protocol = 1,
                      .cluster = "orders",
                      .program = "words",
                      .plan = 4,
                      .options = 5,
                      .node = 1,
                      .nodes = 3,
                      .workers = 2,
                      .inbox_bytes = 4096,
                      .generation = Generation(1)}) ==
        "(generation = 1, hello = (protocol = 1, node = 1, nodes = 3, workers = 2, "
        "inboxBytes = 4096, plan = 4, options = 5, cluster = \"orders\", program = \"words\"))");
  CHECK(control(Failed{Generation(1), 2, {base::Code::input, "bad line"}}) ==
        "(generation = 1, failed = (node = 2, problem = (code = input, message = \"bad line\")))");
  CHECK(control(Complete{Generation(1)}) == "(generation = 1, complete = void)");
  CHECK(control(Left{Generation(1), 2}) == "(generation = 1, left = 2)");
  CHECK(control(Goodbye{Generation(1)}) == "(generation = 1, goodbye = void)");
}

}  // namespace
}  // namespace eagre::control
