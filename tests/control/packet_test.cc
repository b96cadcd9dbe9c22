// Laws of packets on random messages of every kind (RapidCheck).
// Catches: a message that comes back different or in another order, entries that depend on where
// the packet lies in memory, a refused entry that leaves something behind.

#include "runtime/control/packet.h"

#include <string>
#include <variant>
#include <vector>

#include "tests/control/arbitrary_messages.h"
#include "tests/data/batches.h"
#include "tests/support/rapidcheck.h"

namespace eagre::control {
namespace {

using data::testing::batch_of;
using eagre::testing::check;
using namespace eagre::control::testing;

std::vector<Message> read_all(std::span<const std::byte> packet) {
  std::vector<Message> messages;
  PacketReader reader(packet);
  while (!reader.at_end()) {
    base::Result<Message> message = reader.next();
    RC_ASSERT(message.status().to_string() == "ok");
    messages.push_back(*std::move(message));
  }
  return messages;
}

void same_again(const std::vector<Message>& messages, std::span<const std::byte> packet) {
  const std::vector<Message> back = read_all(packet);
  RC_ASSERT(back.size() == messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    RC_ASSERT(same(back[i], messages[i]));
  }
}

TEST_CASE("every message of a packet comes back as it was, in order") {
  check("read(write(m)) is m", 500, 60, [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const auto size = static_cast<std::uint64_t>(*rc::gen::inRange(0, 60));
    std::vector<Message> messages;
    for (std::uint64_t left = random.below(20); left != 0; --left) {
      messages.push_back(any_message(random, size));
    }
    const std::vector<std::byte> packet = packet_of(messages);
    RC_ASSERT(packet.size() % 8 == 0);
    same_again(messages, packet);
    // At any alignment.
    std::vector<std::byte> moved(1 + random.below(8));
    const std::size_t before = moved.size();
    moved.insert(moved.end(), packet.begin(), packet.end());
    same_again(messages, std::span(moved).subspan(before));
  });
}

TEST_CASE("each kind of message comes back, empty and huge") {
  base::Random random(7);
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    for (const std::uint64_t size : {0u, 1u, 60000u}) {
      for (int times = 0; times < 3; ++times) {
        const Message message = any_message(random, kind, size);
        CAPTURE(kind, size);
        REQUIRE(message.index() == kind);
        const std::vector<std::byte> packet = packet_of({message});
        PacketReader reader(packet);
        base::Result<Message> back = reader.next();
        REQUIRE(back.status().to_string() == "ok");
        REQUIRE(same(*back, message));
        REQUIRE(reader.at_end());
      }
    }
  }
}

TEST_CASE("a packet of nothing has no message") {
  CHECK(PacketReader({}).at_end());
  CHECK(PacketWriter().empty());
}

TEST_CASE("a writer is used again after its packet is taken") {
  PacketWriter writer;
  REQUIRE(writer.add(Credit{.bytes = 1}).ok());
  const std::vector<std::byte> first = writer.take();
  CHECK(writer.empty());
  REQUIRE(writer.add(Credit{.bytes = 2}).ok());
  const std::vector<std::byte> second = writer.take(first);
  CHECK(second.size() == first.size());
  CHECK(writer.empty());
  REQUIRE(writer.add(Credit{.bytes = 1}).ok());
  CHECK(std::vector(writer.bytes().begin(), writer.bytes().end()) == first);
  writer.clear();
  CHECK(writer.size() == 0);
}

TEST_CASE("a packet is full at 64 KiB") {
  PacketWriter writer;
  const data::Batch batch = batch_of(std::vector<std::uint64_t>(1000));
  int batches = 0;
  while (!writer.full()) {
    REQUIRE(writer.deliver(1, 2, batch, batch.footprint()).ok());
    ++batches;
  }
  CHECK(batches == 9);
  CHECK(writer.size() >= kFullPacketBytes);
}

TEST_CASE("texts are cut at 64 KiB") {
  const Message message = Failed{progress::Generation(1), 0,
                                 base::Status(base::Code::failed, std::string(100000, 'x'))};
  const std::vector<std::byte> packet = packet_of({message});
  const Message back = PacketReader(packet).next().value();
  CHECK(std::get<Failed>(back).reason.message() == std::string(65536, 'x'));
}

TEST_CASE("what is too large for a packet is refused and leaves nothing behind", "[slow]") {
  PacketWriter writer;
  REQUIRE(writer.add(Credit{.bytes = 1}).ok());
  const std::size_t before = writer.size();
  const data::Batch batch = batch_of(std::vector<std::uint64_t>((kMaxPacketBytes >> 3) - 20));
  const base::Status status = writer.deliver(0, 1, batch, batch.footprint());
  CHECK(status.code() == base::Code::refused);
  CHECK(status.message() ==
        "a message of 536870880 bytes does not fit into a packet to another node, which has 88 "
        "bytes and may have 536870912; send smaller records, or fewer at once");
  CHECK(writer.size() == before);
  // Alone it goes.
  writer.clear();
  REQUIRE(writer.deliver(0, 1, batch, batch.footprint()).ok());
  std::vector<std::byte> packet = writer.take();
  CHECK(PacketReader(packet).next().ok());
  packet.resize(kMaxPacketBytes + 8);
  CHECK(PacketReader(packet).next().status().message() ==
        "malformed packet: entry 0 at byte 0: the packet has 536870920 bytes, 536870912 are the "
        "limit");
}

}  // namespace
}  // namespace eagre::control
