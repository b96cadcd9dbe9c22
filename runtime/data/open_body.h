// The body of a batch under construction, for records of a fixed size: the columns lie in the
// pooled segment that will be the batch, with room for a number of records. Finishing it fills in
// pointers and lengths. A body that is much smaller than its segment is copied into one of the
// right size instead, so that a batch is charged for little more than it holds.
//
// The room follows the batches that were finished last: it starts small, doubles when it is used
// up, and shrinks to the largest of some batches that all used little of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "runtime/data/batch.h"
#include "runtime/data/column.h"
#include "runtime/data/segment_pool.h"

namespace eagre::data {

// Threads: confined to one actor.
class OpenBody {
 public:
  OpenBody() = default;
  OpenBody(OpenBody&& other) noexcept { *this = std::move(other); }
  OpenBody& operator=(OpenBody&& other) noexcept;
  ~OpenBody();

  // Makes room for `more` records behind the `count` that are there. `columns` are moved into
  // the new segment; `widths` are the bytes of a record in each.
  void reserve(std::span<Column> columns, std::span<const std::uint32_t> widths, std::size_t count,
               std::size_t more);
  // The records as a batch; empties the columns. `header` is complete.
  Batch finish(const Header& header, std::span<Column> columns,
               std::span<const std::uint32_t> widths);

 private:
  // Batches in a row that use little of the room before it shrinks.
  static constexpr std::uint32_t kPatience = 8;

  void place(std::span<Column> columns, std::span<const std::uint32_t> widths,
             std::size_t capacity);
  void release();

  Segment segment_;
  // Records that the next segment has room for, and the most of the batches since a good fit.
  std::size_t wanted_ = 0;
  std::size_t most_ = 0;
  std::uint32_t misfits_ = 0;
};

}  // namespace eagre::data
