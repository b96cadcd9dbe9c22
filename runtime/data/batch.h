// The one message format: an immutable batch of records at one logical time. It is a Cap'n Proto
// message (schema/batch.capnp) whose body, the columns, lies ready in one shared segment; in a
// process it is passed by reference, at the edge of the process its bytes are written as they are.
//
// Law: from_wire(append_wire(b)) is equal to b, header and columns; a batch never changes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/data/column.h"
#include "runtime/data/segment_pool.h"
#include "runtime/progress/time.h"

namespace eagre::data {

struct Header {
  std::uint64_t generation = 0;
  std::uint32_t channel = 0;
  std::uint64_t interval = 0;
  progress::Time time{};
  // Records in the body and the fingerprint of their layout. They belong to the body: finish()
  // and with_header() fill them in, whatever the given header says.
  std::uint64_t count = 0;
  std::uint64_t layout = 0;

  friend bool operator==(const Header&, const Header&) = default;
};

// A counted reference; copies share header and body. A default constructed or moved-from Batch is
// empty: only operator bool, assignment and destruction are allowed.
// Threads: the value is confined like any value; what it refers to is safe from any thread.
class Batch {
 public:
  // What from_wire reads at most.
  static constexpr std::size_t kMaxWireBytes = std::size_t{1} << 30;
  static constexpr std::size_t kMaxColumns = 4096;
  static constexpr std::size_t kMaxCoordinates = 64;

  // A body of these columns, one memcpy each, in one segment of the right size. Each has at most
  // kMaxColumnBytes. For BatchWriter, which knows that the columns hold `header.count` records.
  static Batch make(const Header& header, std::span<const Column> columns);

  Batch() = default;
  Batch(const Batch& other) : head_(other.head_) {
    if (head_ != nullptr) {
      head_->references.fetch_add(1, std::memory_order_relaxed);
    }
  }
  Batch(Batch&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  Batch& operator=(Batch other) noexcept {
    std::swap(head_, other.head_);
    return *this;
  }
  ~Batch() {
    if (head_ != nullptr) {
      release(head_);
    }
  }

  explicit operator bool() const { return head_ != nullptr; }

  const Header& header() const { return head_->header; }
  const progress::Time& time() const { return head_->header.time; }
  std::uint64_t count() const { return head_->header.count; }
  std::uint32_t channel() const { return head_->header.channel; }

  // The same records under another header; the body is shared. Count and layout stay.
  Batch with_header(Header header) const;

  // Bytes held while this batch lives, body and overhead: what flow control charges for it. The
  // body is charged in full to each batch that shares it.
  // With what carries it through a mailbox and counts it: small batches are mostly that.
  std::size_t footprint() const {
    return kCarriage + (head_ == &head_->body->first ? 0 : kHeadBytes) + head_->body->size;
  }
  static constexpr std::size_t kCarriage = 256;

  std::size_t columns() const;
  // Starts at a multiple of 8 bytes.
  std::span<const std::byte> column(std::size_t i) const;
  // Identity of the body, for tests and statistics: equal for batches that share it.
  const void* body() const { return head_->body; }

  // Appends the batch in the standard stream framing of Cap'n Proto: `capnp decode
  // schema/batch.capnp Batch` reads it.
  void append_wire(std::vector<std::byte>& out) const;
  // Reads one batch of exactly these bytes, which may be anything: Code::input says what is wrong.
  // The columns are as long as they say; whether they hold records of a certain type is known
  // after verify<T>(batch) (batch_reader.h).
  static base::Result<Batch> from_wire(std::span<const std::byte> bytes);

  // The layout for which the columns are known to hold whole records (0: not known): set by
  // whoever wrote or verified them. Threads: safe from any thread.
  bool verified_for(std::uint64_t layout) const {
    return layout != 0 && head_->body->verified.load(std::memory_order_relaxed) == layout;
  }
  void mark_verified() const {
    head_->body->verified.store(head_->header.layout, std::memory_order_relaxed);
  }

 private:
  friend class OpenBody;

  struct Body;
  struct Head {
    std::atomic<std::uint32_t> references{1};
    Header header;
    Body* body = nullptr;
  };
  // Lies at the start of its segment, followed by the words of Cap'n Proto's segment 1: the list
  // pointer that the far pointer in segment 0 points to, one pointer a column, the columns.
  struct Body {
    // Of the batch that was made with the body. Other heads lie in segments of their own.
    Head first;
    // Heads that refer to it.
    std::atomic<std::uint32_t> references{1};
    std::uint32_t columns = 0;
    std::atomic<std::uint64_t> verified{0};
    std::size_t words = 0;
    // Of the whole segment, for the pool.
    std::size_t size = 0;

    std::uint64_t* begin() { return reinterpret_cast<std::uint64_t*>(this + 1); }
    const std::uint64_t* begin() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }
  };
  static const std::size_t kHeadBytes;

  explicit Batch(Head* head) : head_(head) {}
  // Bytes of a segment with a body of so many words.
  static constexpr std::size_t bytes_for(std::size_t words) {
    return sizeof(Body) + words * sizeof(std::uint64_t);
  }
  static Batch copied(const Header& header, std::span<const std::span<const std::byte>> columns);
  // A batch in `segment`, where the columns lie already: in order, each at its place or behind it.
  static Batch adopt(const Header& header, Segment segment, std::span<const Column> columns);
  static Body* lay_out(Segment segment, const Header& header,
                       std::span<const std::span<const std::byte>> columns);
  static void release(Head* head) {
    if (head->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      destroy(head);
    }
  }
  static void destroy(Head* head);

  Head* head_ = nullptr;
};

}  // namespace eagre::data
