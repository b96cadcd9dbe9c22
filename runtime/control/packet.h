// A packet: what one message on the link between two nodes carries, entries one behind the other.
// An entry is a header of 24 bytes and a body: records, as Batch::append_wire writes them, or a
// control message (control_wire.h).
//
// Law: reading what was written gives the same messages in the same order. The reader takes any
// bytes: it reads none outside of them, holds at most a small multiple of their length, and says in
// which entry and at which byte something is wrong.
// Source: schema/link.capnp is the format's specification.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/message.h"

namespace eagre::control {

// Larger packets are neither written nor read.
inline constexpr std::size_t kMaxPacketBytes = std::size_t{512} << 20;
// So large that a sender hands it to the link.
inline constexpr std::size_t kFullPacketBytes = std::size_t{64} << 10;

// Fills one packet after another. Each call appends an entry, whole or not at all: Code::refused if
// the packet would become larger than kMaxPacketBytes. An entry that is refused by an empty packet
// cannot be sent; else the packet is to be sent before it.
// Threads: value.
class PacketWriter {
 public:
  // The one copy of the records on the sender's side. `charge`: Deliver::charge.
  base::Status deliver(std::uint32_t from, std::uint32_t to, const data::Batch& batch,
                       std::uint64_t charge);
  base::Status add(const ProgressSum& sum);
  base::Status add(const FrontierDelta& delta);
  base::Status add(const Credit& credit);
  // Any of them, Deliver too.
  base::Status add(const Message& message);

  bool empty() const { return bytes_.empty(); }
  bool full() const { return bytes_.size() >= kFullPacketBytes; }
  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> bytes() const { return bytes_; }

  // Takes the packet out; `storage` is used for the next one.
  std::vector<std::byte> take(std::vector<std::byte> storage = {});
  void clear() { bytes_.clear(); }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

 private:
  // Of records; all zero for a control message.
  struct Envelope {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint64_t charge = 0;
  };
  template <class Append>
  base::Status entry(const Envelope& envelope, Append append);

  std::vector<std::byte> bytes_;
};

// Walks over one packet, whose bytes must outlive it. Bytes that do not start at a multiple of 8
// are read too; that costs a copy of each entry.
// Threads: value.
class PacketReader {
 public:
  explicit PacketReader(std::span<const std::byte> packet) : packet_(packet) {}

  bool at_end() const { return at_ == packet_.size(); }
  // The next message; it must not be at the end. After Code::input nothing more can be read.
  base::Result<Message> next();

 private:
  base::Status malformed(std::string what) const;

  std::span<const std::byte> packet_;
  // Of the next entry.
  std::size_t at_ = 0;
  std::size_t index_ = 0;
};

}  // namespace eagre::control
