#include "runtime/data/open_body.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/data/wire_words.h"

namespace eagre::data {

namespace {

std::size_t words_of(std::span<const std::uint32_t> widths, std::size_t records) {
  std::size_t words = 1 + widths.size();
  for (const std::size_t width : widths) {
    words += wire::words_for(records * width);
  }
  return words;
}

}  // namespace

OpenBody& OpenBody::operator=(OpenBody&& other) noexcept {
  std::swap(segment_, other.segment_);
  std::swap(wanted_, other.wanted_);
  std::swap(most_, other.most_);
  std::swap(misfits_, other.misfits_);
  return *this;
}

OpenBody::~OpenBody() {
  release();
}

void OpenBody::release() {
  if (segment_.data != nullptr) {
    SegmentPool::give_back(std::exchange(segment_, {}));
  }
}

void OpenBody::reserve(std::span<Column> columns, std::span<const std::uint32_t> widths,
                       std::size_t count, std::size_t more) {
  const std::size_t most = kMaxColumnBytes / *std::max_element(widths.begin(), widths.end());
  EAGRE_CHECK(more <= most && count <= most - more,
              "a batch of {} records was to grow by {} records; finish it earlier", count, more);
  place(columns, widths, std::max(count + more, std::min(std::max(2 * count, wanted_), most)));
}

void OpenBody::place(std::span<Column> columns, std::span<const std::uint32_t> widths,
                     std::size_t capacity) {
  const std::size_t words = words_of(widths, capacity);
  EAGRE_CHECK(words < wire::kMaxSegmentWords, "a batch of {} words", words);
  const Segment segment = SegmentPool::take(Batch::bytes_for(words));
  std::byte* at = segment.data + Batch::bytes_for(1 + columns.size());
  if (columns.size() == 1) {
    // All of the segment. Several columns stay where a full batch needs no moving.
    capacity = (segment.size - Batch::bytes_for(2)) / widths[0];
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::span<const std::byte> before = columns[i].bytes();
    if (!before.empty()) {
      std::memcpy(at, before.data(), before.size());
    }
    columns[i].lend(at, before.size(), capacity * widths[i]);
    at += wire::words_for(capacity * widths[i]) * sizeof(std::uint64_t);
  }
  release();
  segment_ = segment;
  wanted_ = capacity;
}

Batch OpenBody::finish(const Header& header, std::span<Column> columns,
                       std::span<const std::uint32_t> widths) {
  const std::size_t needed = Batch::bytes_for(words_of(widths, header.count));
  const bool fits =
      needed >= segment_.size / 5 * 4 || SegmentPool::rounded(needed) == segment_.size;
  if (!fits) {
    Batch batch = Batch::make(header, columns);
    for (Column& column : columns) {
      column.clear();
    }
    most_ = std::max<std::size_t>(most_, header.count);
    if (++misfits_ == kPatience) {
      for (Column& column : columns) {
        column.lend(nullptr, 0, 0);
      }
      release();
      wanted_ = std::exchange(most_, 0);
      misfits_ = 0;
    }
    return batch;
  }
  Batch batch = Batch::adopt(header, std::exchange(segment_, {}), columns);
  for (Column& column : columns) {
    column.lend(nullptr, 0, 0);
  }
  most_ = 0;
  misfits_ = 0;
  return batch;
}

}  // namespace eagre::data
