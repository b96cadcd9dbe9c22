// Packets that are none: every kind of error by example; random damage to valid packets, cut off
// anywhere (RapidCheck); and what reading costs in memory, which is counted.
// Catches: bytes from the network that crash the reader, are read beyond their end (asan), are
// taken for messages that could not have been written, or make it allocate out of proportion.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/control/packet.h"
#include "tests/control/arbitrary_messages.h"
#include "tests/data/batches.h"
#include "tests/support/rapidcheck.h"

namespace {
std::atomic<std::uint64_t> allocated{0};
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)
#define EAGRE_COUNTS_MEMORY 1
// The C library's own names, which cannot be others.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-inconsistent-declaration-parameter-name)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t n, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);

void* malloc(std::size_t size) {
  allocated += size;
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  allocated += n * size;
  return __libc_calloc(n, size);
}
void* realloc(void* block, std::size_t size) {
  allocated += size;
  return __libc_realloc(block, size);
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-inconsistent-declaration-parameter-name)
#endif

namespace eagre::control {
namespace {

using data::testing::batch_of;
using eagre::testing::check;
using namespace eagre::control::testing;
using Bytes = std::vector<std::byte>;

// The first error of a packet; empty if it has none.
std::string error_of(std::span<const std::byte> packet) {
  PacketReader reader(packet);
  while (!reader.at_end()) {
    const base::Result<Message> message = reader.next();
    if (message.ok()) {
      continue;
    }
    CHECK(message.status().code() == base::Code::input);
    return message.status().message();
  }
  return "";
}

// `packet` with the 64-bit word at `word` changed.
Bytes with_word(Bytes packet, std::size_t word, std::uint64_t value) {
  std::memcpy(packet.data() + 8 * word, &value, sizeof(value));
  return packet;
}
std::uint64_t word_of(const Bytes& packet, std::size_t word) {
  std::uint64_t value = 0;
  std::memcpy(&value, packet.data() + 8 * word, sizeof(value));
  return value;
}

TEST_CASE("errors of entries name the entry and its place") {
  const Bytes credit = packet_of({Credit{}});
  REQUIRE(credit.size() == 88);
  Bytes two = credit;
  two.insert(two.end(), credit.begin(), credit.end());
  CHECK(error_of(two).empty());
  CHECK(error_of(std::span(two).first(98)) ==
        "malformed packet: entry 1 at byte 88: a header has 24 bytes, there are 10");
  CHECK(error_of(std::span(two).first(136)) ==
        "malformed packet: entry 1 at byte 88: a body of 64 bytes, there are 24");
  // The header of the second entry lies in words 11 to 13.
  CHECK(error_of(with_word(two, 11, std::uint64_t{60} << 32 | 2)) ==
        "malformed packet: entry 1 at byte 88: a body of 60 bytes, no multiple of 8");
  CHECK(error_of(with_word(two, 11, std::uint64_t{0xfffffff8} << 32 | 2)) ==
        "malformed packet: entry 1 at byte 88: a body of 4294967288 bytes, there are 64");
  CHECK(error_of(with_word(two, 11, std::uint64_t{64} << 32 | 3)) ==
        "malformed packet: entry 1 at byte 88: 3 is no kind of entry");
  CHECK(error_of(with_word(two, 12, std::uint64_t{1} << 32 | 5)) ==
        "malformed packet: entry 1 at byte 88: a control message from 5 to 1 that takes 0 bytes of "
        "credit: all must be 0");
  CHECK(error_of(with_word(two, 11, 2)) ==
        "malformed packet: entry 1 at byte 88: malformed control message: 0 bytes are no whole "
        "number of words");
}

TEST_CASE("a batch in a packet is checked as a batch") {
  const Bytes packet = packet_of({Deliver{1, 2, batch_of(std::vector<std::uint64_t>(3)), 8}});
  CHECK(error_of(with_word(packet, 2, 0)) ==
        "malformed packet: entry 0 at byte 0: records that take no credit");
  // Its record count: after the entry header and two words of framing, root pointer, two numbers.
  CHECK(error_of(with_word(packet, 3 + 2 + 1 + 2, 1000)) ==
        "malformed packet: entry 0 at byte 0: malformed batch: 1000 records in 24 bytes");
}

// Words of a packet of one control message, from its start: entry header (3), framing, root
// pointer, generation, member; then those of the member.
constexpr std::size_t kMember = 6;

TEST_CASE("a control message of no kind is refused") {
  CHECK(error_of(with_word(packet_of({Goodbye{}}), kMember, 13 + 1)) ==
        "malformed packet: entry 0 at byte 0: malformed control message: 14 is no kind of control "
        "message");
}

TEST_CASE("progress that could not have been written is refused") {
  const std::string begin = "malformed packet: entry 0 at byte 0: malformed control message: ";
  const Bytes packet = packet_of({four_changes()});
  REQUIRE(error_of(packet).empty());
  // Pointer, sequence, node, two list pointers, tag; then the changes.
  constexpr std::size_t kChanges = kMember + 1 + 6;
  CHECK(word_of(packet, kChanges) == static_cast<std::uint64_t>(-5));
  CHECK(error_of(with_word(packet, kChanges, 0)) == begin + "change 0 is by 0");
  CHECK(error_of(with_word(packet, kChanges + 1, std::uint64_t{65} << 32)) ==
        begin + "a time of 65 coordinates, 64 are the limit");
  CHECK(error_of(with_word(packet, kChanges + 1, std::uint64_t{9} << 32)) ==
        begin + "1 times of 9 coordinates, 8 coordinates are left");
  CHECK(error_of(with_word(packet, kChanges + 7, std::uint64_t{1} << 32)) ==
        begin + "its times leave 1 coordinates");
  // A list of a thousand million elements of no size.
  const Bytes claims =
      with_word(with_word(packet, kChanges - 3, 1 | 1 << 2 | std::uint64_t{7} << 32), kChanges - 1,
                std::uint64_t{1} << 31);
  CHECK(error_of(claims).starts_with(begin));
}

TEST_CASE("frontiers that could not have been written are refused") {
  const std::string begin = "malformed packet: entry 0 at byte 0: malformed control message: ";
  const Bytes packet = packet_of(
      {FrontierDelta{progress::Generation(1),
                     2,
                     {{progress::Location(3), {{1, 2}, {2, 1}}}, {progress::Location(4), {}}}}});
  REQUIRE(error_of(packet).empty());
  // Pointer, version, two list pointers, tag; then the moves, then the coordinates.
  constexpr std::size_t kMoves = kMember + 1 + 5;
  CHECK(word_of(packet, kMoves) == (std::uint64_t{2} << 32 | 3));
  CHECK(error_of(with_word(packet, kMoves + 7, 2)) ==
        begin +
            "the frontier of location 3 is no antichain: time 1 of it compares with one before");
  CHECK(error_of(with_word(packet, kMoves + 6, 1)) ==
        begin +
            "the frontier of location 3 is no antichain: time 1 of it compares with one before");
  CHECK(error_of(with_word(packet, kMoves, std::uint64_t{16385} << 32 | 3)) ==
        begin + "the frontier of location 3 has 16385 times, 16384 are the limit");
  CHECK(error_of(with_word(packet, kMoves, std::uint64_t{3} << 32 | 3)) ==
        begin + "3 times of 2 coordinates, 4 coordinates are left");
  CHECK(error_of(with_word(packet, kMoves, std::uint64_t{1} << 32 | 3)) ==
        begin + "its times leave 2 coordinates");
}

TEST_CASE("the code of a problem is a known one") {
  // Pointer; code; pointer of the text.
  const Bytes packet = packet_of({Refused{progress::Generation(1), {base::Code::refused, "no"}}});
  CHECK(error_of(packet).empty());
  CHECK(error_of(with_word(packet, kMember + 2, 8)).ends_with(": 8 is no code of a problem"));
}

TEST_CASE("a packet that is cut off is refused, wherever it ends") {
  base::Random random(3);
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const Bytes packet = packet_of({any_message(random, kind, 10)});
    for (std::size_t length = 1; length < packet.size(); ++length) {
      // Of its own size, so that asan sees a read beyond it.
      const Bytes cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(length));
      CAPTURE(kind, length);
      REQUIRE_FALSE(error_of(cut).empty());
    }
  }
}

// Reads it to its end or its first error; what can be read can be written and read again.
void read_whatever_it_is(std::span<const std::byte> packet) {
  const std::uint64_t before = allocated;
  std::vector<Message> messages;
  bool whole = true;
  {
    PacketReader reader(packet);
    while (whole && !reader.at_end()) {
      base::Result<Message> message = reader.next();
      whole = message.ok();
      if (whole) {
        messages.push_back(*std::move(message));
      }
    }
  }
  RC_ASSERT(allocated - before <= 40 * packet.size() + 8192);
  const Bytes again = packet_of(messages);
  PacketReader reader(again);
  for (const Message& message : messages) {
    const base::Result<Message> back = reader.next();
    RC_ASSERT(back.ok());
    RC_ASSERT(same(back.value(), message));
  }
}

TEST_CASE("damaged packets never crash the reader and cost no more memory than whole ones") {
  check("flipped bytes", 3000, 100, [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    std::vector<Message> messages;
    for (std::uint64_t left = 1 + random.below(4); left != 0; --left) {
      messages.push_back(any_message(random, 12));
    }
    Bytes packet = packet_of(messages);
    for (std::uint64_t flips = 1 + random.below(6); flips != 0; --flips) {
      const std::size_t most =
          random.coin(0.5) ? packet.size() : std::min<std::size_t>(packet.size(), 160);
      // Often one bit of a pointer or a length, which makes it point elsewhere.
      if (random.coin(0.5)) {
        packet[random.below(most)] ^= std::byte{1} << static_cast<int>(random.below(8));
      } else {
        packet[random.below(most)] = static_cast<std::byte>(random.below(256));
      }
    }
    if (random.coin(0.3)) {
      packet.resize(random.below(packet.size() + 1));
    }
    packet.shrink_to_fit();
    read_whatever_it_is(packet);
  });
}

TEST_CASE("random bytes behind a good header never crash the reader") {
  check("random bytes", 3000, 100, [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    Bytes packet(24 + 8 * random.below(40));
    for (std::byte& byte : packet) {
      byte = random.coin(0.6) ? std::byte{0} : static_cast<std::byte>(random.below(256));
    }
    const std::uint64_t words = (packet.size() - 24) / 8;
    packet = with_word(with_word(packet, 0, words * 8 << 32 | (1 + random.below(2))), 1, 0);
    if (words != 0) {
      packet = with_word(packet, 2, (words - 1) << 32);
    }
    read_whatever_it_is(packet);
  });
}

#ifdef EAGRE_COUNTS_MEMORY
TEST_CASE("memory for reading is in proportion to the packet") {
  base::Random random(11);
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const Bytes packet = packet_of({any_message(random, kind, 5000)});
    const std::uint64_t before = allocated;
    REQUIRE(error_of(packet).empty());
    CAPTURE(kind, packet.size(), allocated - before);
    CHECK(allocated - before <= 16 * packet.size() + 4096);
  }
  CHECK(allocated > 0);
}
#endif

}  // namespace
}  // namespace eagre::control
