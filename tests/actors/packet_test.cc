// How a packet is read from CAF's bytes. Catches: a length that makes the reader take memory for it
// before it is looked at.
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "actors/seam.h"

namespace eagre::actors {
namespace {

// Of a packet that says so many bytes and holds none.
std::vector<char> claiming(caf::actor_system& system, std::size_t size) {
  std::vector<char> bytes;
  caf::binary_serializer sink(system, bytes);
  std::uint32_t node = 1;
  std::uint64_t generation = 2;
  REQUIRE_FALSE(sink(node, generation));
  REQUIRE_FALSE(sink.begin_sequence(size));
  return bytes;
}

TEST_CASE("a packet that says that it is larger than packets may be takes no memory") {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const std::vector<char> bytes = claiming(system, control::kMaxPacketBytes + 1);
  caf::binary_deserializer source(system, bytes);
  Packet packet;
  CHECK(source(packet));
  CHECK(packet.bytes.capacity() == 0);
}

TEST_CASE("a packet is read as it was written") {
  caf::actor_system_config config;
  caf::actor_system system(config);
  Packet packet{3, 4, {std::byte{5}, std::byte{6}}};
  std::vector<char> bytes;
  caf::binary_serializer sink(system, bytes);
  REQUIRE_FALSE(sink(packet));
  caf::binary_deserializer source(system, bytes);
  Packet back;
  REQUIRE_FALSE(source(back));
  CHECK(back.node == 3);
  CHECK(back.generation == 4);
  CHECK(back.bytes == packet.bytes);
}

}  // namespace
}  // namespace eagre::actors
