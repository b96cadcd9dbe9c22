// Batch to bytes and back: writing copies two segments as they are, reading goes through Cap'n
// Proto's own validation and then lays the columns out anew.
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <fmt/core.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>

#include "runtime/data/aligned_words.h"
#include "runtime/data/batch.h"
#include "runtime/data/wire_words.h"
#include "schema/batch.capnp.h"

namespace eagre::data {

namespace {

constexpr std::size_t kDataWords = 5;
constexpr std::size_t kPointers = 2;

base::Status malformed(std::string what) {
  return base::Status(base::Code::input, "malformed batch: " + std::move(what));
}

}  // namespace

void Batch::append_wire(std::vector<std::byte>& out) const {
  const Header& header = head_->header;
  const Body& body = *head_->body;
  const std::size_t coordinates = header.time.size();
  const std::size_t head_words = 1 + kDataWords + kPointers + coordinates;

  const std::size_t start = out.size();
  const std::size_t end = start + (2 + head_words + body.words) * sizeof(std::uint64_t);
  if (end > out.capacity()) {
    out.reserve(std::max(end, 2 * out.capacity()));
  }
  // The head only: the body is appended, not written over zeros.
  out.resize(start + (2 + head_words) * sizeof(std::uint64_t));
  std::byte* at = out.data() + start;
  const auto put = [&at](std::uint64_t word) {
    std::memcpy(at, &word, sizeof(word));
    at += sizeof(word);
  };
  // Framing: number of segments less one, their sizes in words, as 32-bit numbers.
  put(std::uint64_t{1} | static_cast<std::uint64_t>(head_words) << 32);
  put(static_cast<std::uint64_t>(body.words));
  // Segment 0.
  put(wire::struct_pointer(kDataWords, kPointers));
  put(header.generation);
  put(header.interval);
  put(header.count);
  put(header.layout);
  put(header.channel);
  put(coordinates == 0 ? wire::list_pointer(-1, wire::ElementSize::eight_bytes, 0)
                       : wire::list_pointer(1, wire::ElementSize::eight_bytes, coordinates));
  put(wire::far_pointer(1, 0));
  for (const std::uint64_t coordinate : header.time.coordinates()) {
    put(coordinate);
  }
  // Segment 1.
  const auto* const words = reinterpret_cast<const std::byte*>(body.begin());
  out.insert(out.end(), words, words + body.words * sizeof(std::uint64_t));
}

base::Result<Batch> Batch::from_wire(std::span<const std::byte> bytes) {
  if (bytes.size() % sizeof(capnp::word) != 0 || bytes.empty()) {
    return malformed(fmt::format("{} bytes are no whole number of words", bytes.size()));
  }
  if (bytes.size() > kMaxWireBytes) {
    return malformed(
        fmt::format("{} bytes are more than the limit of {}", bytes.size(), kMaxWireBytes));
  }
  const wire::AlignedWords aligned(bytes);
  const std::size_t n = aligned.words().size();
  const kj::ArrayPtr<const capnp::word> words(
      reinterpret_cast<const capnp::word*>(aligned.words().data()), n);

  try {
    capnp::ReaderOptions options;
    // Every byte may be read once, so that pointers to shared content cannot blow up the batch.
    options.traversalLimitInWords = n + 16;
    options.nestingLimit = 4;
    capnp::FlatArrayMessageReader message(words, options);
    if (message.getEnd() != words.end()) {
      return malformed(fmt::format("{} words follow it", words.end() - message.getEnd()));
    }
    const schema::Batch::Reader reader = message.getRoot<schema::Batch>();
    const auto time = reader.getTime();
    const auto columns = reader.getColumns();
    if (time.size() > kMaxCoordinates) {
      return malformed(fmt::format("a time of {} coordinates", time.size()));
    }
    if (columns.size() > kMaxColumns) {
      return malformed(fmt::format("{} columns", columns.size()));
    }
    std::vector<std::uint64_t> coordinates;
    for (const std::uint64_t coordinate : time) {
      coordinates.push_back(coordinate);
    }
    std::vector<std::span<const std::byte>> spans;
    spans.reserve(columns.size());
    std::size_t total = 0;
    for (const capnp::Data::Reader column : columns) {
      spans.emplace_back(reinterpret_cast<const std::byte*>(column.begin()), column.size());
      total += column.size();
    }
    if (reader.getCount() > total) {
      return malformed(fmt::format("{} records in {} bytes", reader.getCount(), total));
    }
    const Header header{.generation = reader.getGeneration(),
                        .channel = reader.getChannel(),
                        .interval = reader.getInterval(),
                        .time = progress::Time(coordinates),
                        .count = reader.getCount(),
                        .layout = reader.getLayout()};
    return copied(header, spans);
  } catch (const kj::Exception& exception) {
    return malformed(exception.getDescription().cStr());
  }
}

}  // namespace eagre::data
