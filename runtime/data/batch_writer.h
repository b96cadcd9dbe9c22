// Builds batches of records of type T: columns grow while records are appended, finish() makes
// them one batch of exactly that size. The writer and its buffers are used again and again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>

#include "runtime/data/batch.h"
#include "runtime/data/codec.h"

namespace eagre::data {

// A larger record is refused.
inline constexpr std::uint64_t kMaxRecordBytes = std::uint64_t{256} << 20;

// The record cannot travel. Whoever runs the operator catches it and adds the operator's name.
class RecordTooLarge : public std::exception {
 public:
  explicit RecordTooLarge(std::uint64_t bytes);
  std::uint64_t bytes() const { return bytes_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::uint64_t bytes_;
  std::string message_;
};

[[noreturn]] void throw_record_too_large(std::uint64_t bytes);

// Threads: confined to one actor.
template <class T>
class BatchWriter {
  static_assert(check_record<T>());
  using C = Codec<T>;

 public:
  // Throws RecordTooLarge, and leaves the writer as it was, if the record is above kMaxRecordBytes.
  void append(const T& record) {
    if constexpr (C::kFixedSize) {
      static_assert(sizeof(T) <= kMaxRecordBytes);
    } else {
      const std::uint64_t size = C::encoded_size(record);
      if (size > kMaxRecordBytes) [[unlikely]]
        throw_record_too_large(size);
    }
    C::encode(record, columns_.data());
    if constexpr (!C::kPacked) ++count_;
  }

  // Many at once: one memcpy where there is no padding.
  void append(std::span<const T> records) requires C::kPacked {
    if (records.empty()) return;
    C::store_all(columns_[0].claim(records.size_bytes()), records.data(), records.size());
  }

  // Room for `n` more records, to be written one after another with Codec<T>::store. What was not
  // written is given back before anything else is done.
  std::byte* room(std::size_t n) requires C::kPacked { return columns_[0].claim(n * sizeof(T)); }
  void give_back(std::size_t n) requires C::kPacked { columns_[0].give_back(n * sizeof(T)); }

  std::uint64_t count() const {
    if constexpr (C::kPacked) {
      return columns_[0].size() / sizeof(T);
    } else {
      return count_;
    }
  }
  bool empty() const { return count() == 0; }
  // Encoded so far.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Column& column : columns_) sum += column.size();
    return sum;
  }

  // The batch of all records since the last finish() or clear(); `header` without count and
  // layout, which are filled in here.
  Batch finish(const Header& header) {
    Header complete = header;
    complete.count = count();
    complete.layout = C::kLayout;
    Batch batch = Batch::make(complete, columns_);
    clear();
    return batch;
  }

  void clear() {
    for (Column& column : columns_) column.clear();
    count_ = 0;
  }

 private:
  std::array<Column, C::kColumns> columns_;
  std::uint64_t count_ = 0;
};

}  // namespace eagre::data
