#include "runtime/data/batch.h"

#include <array>
#include <cstring>
#include <new>

#include "runtime/base/check.h"
#include "runtime/data/segment_pool.h"
#include "runtime/data/wire_words.h"

namespace eagre::data {

Batch::Body* Batch::make_body(std::span<const std::span<const std::byte>> columns) {
  std::size_t words = 1 + columns.size();
  for (const auto& column : columns) {
    EAGRE_CHECK(column.size() <= kMaxColumnBytes, "a column of {} bytes", column.size());
    words += wire::words_for(column.size());
  }
  EAGRE_CHECK(columns.size() <= kMaxColumns && words < wire::kMaxSegmentWords,
              "a batch of {} columns and {} words", columns.size(), words);

  const Segment segment = SegmentPool::take(sizeof(Body) + words * sizeof(std::uint64_t));
  auto* const body = ::new (segment.data) Body();
  body->columns = static_cast<std::uint32_t>(columns.size());
  body->words = words;
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
    if (length == 0) continue;
    at[length - 1] = 0;
    std::memcpy(at, column.data(), column.size());
    at += length;
  }
  return body;
}

Batch Batch::make(const Header& header, std::span<const Column> columns) {
  std::array<std::span<const std::byte>, 64> few;
  std::vector<std::span<const std::byte>> many;
  std::span<std::span<const std::byte>> all(few);
  if (columns.size() > few.size()) {
    many.resize(columns.size());
    all = many;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) all[i] = columns[i].bytes();
  auto* const head = new Head();
  head->header = header;
  Batch batch(head);
  head->body = make_body(all.first(columns.size()));
  batch.mark_verified();
  return batch;
}

Batch Batch::with_header(Header header) const {
  header.count = head_->header.count;
  header.layout = head_->header.layout;
  auto* const head = new Head();
  head->header = std::move(header);
  head->body = head_->body;
  head->body->references.fetch_add(1, std::memory_order_relaxed);
  return Batch(head);
}

void Batch::destroy(Head* head) {
  Body* const body = head->body;
  delete head;
  if (body != nullptr && body->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
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
