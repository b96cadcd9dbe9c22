#include "runtime/control/packet.h"

#include <fmt/core.h>

#include <bit>
#include <cstring>
#include <string>
#include <type_traits>
#include <variant>

#include "runtime/base/check.h"
#include "runtime/control/control_wire.h"

namespace eagre::control {

namespace {

enum Kind : std::uint32_t { kDeliver = 1, kControl = 2 };

// As it lies in the packet.
struct EntryHeader {
  std::uint32_t kind;
  // Of the body.
  std::uint32_t bytes;
  std::uint32_t from;
  std::uint32_t to;
  std::uint64_t charge;
};
static_assert(sizeof(EntryHeader) == 24 && std::endian::native == std::endian::little);
static_assert(kMaxPacketBytes < (std::uint64_t{1} << 32), "lengths have 32 bits");

}  // namespace

template <class Append>
base::Status PacketWriter::entry(const Envelope& envelope, Append append) {
  const std::size_t start = bytes_.size();
  bytes_.resize(start + sizeof(EntryHeader));
  append(bytes_);
  if (bytes_.size() > kMaxPacketBytes) [[unlikely]] {
    const std::size_t size = bytes_.size() - start;
    bytes_.resize(start);
    return base::Status(
        base::Code::refused,
        fmt::format("a message of {} bytes does not fit into a packet to another node, which has "
                    "{} bytes and may have {}; send smaller records, or fewer at once",
                    size, start, kMaxPacketBytes));
  }
  const EntryHeader header{
      .kind = envelope.charge == 0 ? kControl : kDeliver,
      .bytes = static_cast<std::uint32_t>(bytes_.size() - start - sizeof(EntryHeader)),
      .from = envelope.from,
      .to = envelope.to,
      .charge = envelope.charge};
  std::memcpy(bytes_.data() + start, &header, sizeof(header));
  return {};
}

base::Status PacketWriter::deliver(std::uint32_t from, std::uint32_t to, const data::Batch& batch,
                                   std::uint64_t charge) {
  EAGRE_CHECK(charge != 0, "records from worker {} to worker {} take no credit", from, to);
  return entry({from, to, charge}, [&](std::vector<std::byte>& out) { batch.append_wire(out); });
}

base::Status PacketWriter::add(const ProgressSum& sum) {
  return entry({}, [&](std::vector<std::byte>& out) { append_control(sum, out); });
}

base::Status PacketWriter::add(const FrontierDelta& delta) {
  return entry({}, [&](std::vector<std::byte>& out) { append_control(delta, out); });
}

base::Status PacketWriter::add(const Credit& credit) {
  return entry({}, [&](std::vector<std::byte>& out) { append_control(credit, out); });
}

base::Status PacketWriter::add(const Message& message) {
  if (const auto* const records = std::get_if<Deliver>(&message)) {
    return deliver(records->from, records->to, records->batch, records->charge);
  }
  return entry({}, [&](std::vector<std::byte>& out) { append_control(message, out); });
}

std::vector<std::byte> PacketWriter::take(std::vector<std::byte> storage) {
  storage.clear();
  return std::exchange(bytes_, std::move(storage));
}

base::Status PacketReader::malformed(std::string what) const {
  return base::Status(base::Code::input, fmt::format("malformed packet: entry {} at byte {}: {}",
                                                     index_, at_, std::move(what)));
}

base::Result<Message> PacketReader::next() {
  EAGRE_CHECK(!at_end(), "a packet of {} bytes is read beyond its end", packet_.size());
  if (packet_.size() > kMaxPacketBytes) {
    return malformed(
        fmt::format("the packet has {} bytes, {} are the limit", packet_.size(), kMaxPacketBytes));
  }
  const std::span<const std::byte> rest = packet_.subspan(at_);
  EntryHeader header;
  if (rest.size() < sizeof(header)) {
    return malformed(
        fmt::format("a header has {} bytes, there are {}", sizeof(header), rest.size()));
  }
  std::memcpy(&header, rest.data(), sizeof(header));
  const std::size_t left = rest.size() - sizeof(header);
  if (header.bytes > left) {
    return malformed(fmt::format("a body of {} bytes, there are {}", header.bytes, left));
  }
  if (header.bytes % 8 != 0) {
    return malformed(fmt::format("a body of {} bytes, no multiple of 8", header.bytes));
  }
  const std::span<const std::byte> body = rest.subspan(sizeof(header), header.bytes);

  auto message = [&]() -> base::Result<Message> {
    if (header.kind == kDeliver) {
      base::Result<data::Batch> batch = data::Batch::from_wire(body);
      if (!batch.ok()) {
        return malformed(batch.status().message());
      }
      if (header.charge == 0) {
        return malformed("records that take no credit");
      }
      return Message(Deliver{header.from, header.to, *std::move(batch), header.charge});
    }
    if (header.kind != kControl) {
      return malformed(fmt::format("{} is no kind of entry", header.kind));
    }
    if (header.from != 0 || header.to != 0 || header.charge != 0) {
      return malformed(
          fmt::format("a control message from {} to {} that takes {} bytes of credit: "
                      "all must be 0",
                      header.from, header.to, header.charge));
    }
    base::Result<Message> control = read_control(body);
    if (!control.ok()) {
      return malformed(control.status().message());
    }
    return control;
  }();
  if (message.ok()) {
    at_ += sizeof(header) + header.bytes;
    ++index_;
  }
  return message;
}

}  // namespace eagre::control
