#include <fmt/core.h>

#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"

namespace eagre::data {

RecordTooLarge::RecordTooLarge(std::uint64_t bytes)
    : bytes_(bytes),
      message_(fmt::format("a record of {} bytes is above the limit of {} bytes; split it, or send "
                           "where it is kept instead",
                           bytes, kMaxRecordBytes)) {}

void throw_record_too_large(std::uint64_t bytes) {
  throw RecordTooLarge(bytes);
}

MalformedBatch::MalformedBatch(base::Status status) : status_(std::move(status)) {}

namespace detail {

base::Status wrong_layout(const Batch& batch, std::uint64_t layout, std::size_t columns) {
  return base::Status(
      base::Code::input,
      fmt::format("a batch on channel {} has layout {:#018x} in {} columns where {:#018x} in {} is "
                  "read; the sender runs another version of the program",
                  batch.channel(), batch.header().layout, batch.columns(), layout, columns));
}

base::Status wrong_columns(const Batch& batch) {
  return base::Status(base::Code::input,
                      fmt::format("malformed batch on channel {}: its columns do not hold {} whole "
                                  "records",
                                  batch.channel(), batch.count()));
}

void throw_malformed(base::Status status) {
  throw MalformedBatch(std::move(status));
}

}  // namespace detail

}  // namespace eagre::data
