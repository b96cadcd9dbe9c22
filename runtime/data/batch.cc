#include "runtime/data/batch.h"

#include <cstring>
#include <memory>
#include <new>

#include "runtime/base/check.h"
#include "runtime/data/segment_pool.h"
#include "runtime/data/wire_words.h"

namespace eagre::data {

namespace {

// Spans of the columns, without the heap where there are few.
class Spans {
 public:
  explicit Spans(std::span<const Column> columns) : size_(columns.size()) {
    if (size_ > kFew) {
      many_.resize(size_);
    }
    for (std::size_t i = 0; i < size_; ++i) {
      std::construct_at(data() + i, columns[i].bytes());
    }
  }
  std::span<const std::span<const std::byte>> all() { return {data(), size_}; }

 private:
  std::span<const std::byte>* data() { return many_.empty() ? few_ : many_.data(); }

  static constexpr std::size_t kFew = 64;
  std::size_t size_;
  // Only the first size_ are ever made.
  union {
    std::span<const std::byte> few_[kFew];
  };
  std::vector<std::span<const std::byte>> many_;
};

}  // namespace

const std::size_t Batch::kHeadBytes = SegmentPool::rounded(sizeof(Head));

// Writes everything into the segment; a column that is in its place already stays.
Batch::Body* Batch::lay_out(Segment segment, const Header& header,
                            std::span<const std::span<const std::byte>> columns) {
  auto* const body = ::new (segment.data) Body();
  body->first.header = header;
  body->first.body = body;
  body->columns = static_cast<std::uint32_t>(columns.size());
  body->size = segment.size;

  std::uint64_t* const pointers = body->begin() + 1;
  body->begin()[0] = wire::list_pointer(0, wire::ElementSize::pointer, columns.size());
  std::uint64_t* at = pointers + columns.size();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::span<const std::byte> column = columns[i];
    const std::size_t length = wire::words_for(column.size());
    // An empty list may not point behind the segment's end, so it points at itself.
    const auto offset =
        length == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(at - (pointers + i + 1));
    pointers[i] = wire::list_pointer(offset, wire::ElementSize::byte, column.size());
    if (length == 0) {
      continue;
    }
    auto* const begin = reinterpret_cast<std::byte*>(at);
    if (begin != column.data()) {
      std::memmove(begin, column.data(), column.size());
    }
    std::memset(begin + column.size(), 0, length * sizeof(std::uint64_t) - column.size());
    at += length;
  }
  body->words = static_cast<std::size_t>(at - body->begin());
  return body;
}

Batch Batch::copied(const Header& header, std::span<const std::span<const std::byte>> columns) {
  std::size_t words = 1 + columns.size();
  for (const auto& column : columns) {
    EAGRE_CHECK(column.size() <= kMaxColumnBytes, "a column of {} bytes", column.size());
    words += wire::words_for(column.size());
  }
  EAGRE_CHECK(columns.size() <= kMaxColumns && words < wire::kMaxSegmentWords,
              "a batch of {} columns and {} words", columns.size(), words);
  return Batch(&lay_out(SegmentPool::take(bytes_for(words)), header, columns)->first);
}

Batch Batch::make(const Header& header, std::span<const Column> columns) {
  Batch batch = copied(header, Spans(columns).all());
  batch.mark_verified();
  return batch;
}

Batch Batch::adopt(const Header& header, Segment segment, std::span<const Column> columns) {
  Batch batch(&lay_out(segment, header, Spans(columns).all())->first);
  batch.mark_verified();
  return batch;
}

Batch Batch::with_header(Header header) const {
  header.count = head_->header.count;
  header.layout = head_->header.layout;
  auto* const head = ::new (SegmentPool::take(sizeof(Head)).data) Head();
  head->header = std::move(header);
  head->body = head_->body;
  head->body->references.fetch_add(1, std::memory_order_relaxed);
  return Batch(head);
}

void Batch::destroy(Head* head) {
  Body* const body = head->body;
  if (head != &body->first) {
    head->~Head();
    SegmentPool::give_back({reinterpret_cast<std::byte*>(head), kHeadBytes});
  }
  if (body->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const Segment segment{reinterpret_cast<std::byte*>(body), body->size};
    body->~Body();
    SegmentPool::give_back(segment);
  }
}

std::size_t Batch::columns() const {
  return head_->body->columns;
}

std::span<const std::byte> Batch::column(std::size_t i) const {
  const std::uint64_t* const pointer = head_->body->begin() + 1 + i;
  return {reinterpret_cast<const std::byte*>(pointer + 1 + wire::offset_of(*pointer)),
          wire::length_of(*pointer)};
}

}  // namespace eagre::data
