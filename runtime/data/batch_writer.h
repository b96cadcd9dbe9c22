// Builds batches of records of type T, again and again. Records of a fixed size are written where
// they will be read (open_body.h); the columns of others grow and are copied by finish() into a
// segment of the right size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>

#include "runtime/data/batch.h"
#include "runtime/data/codec.h"
#include "runtime/data/open_body.h"

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
      if (size > kMaxRecordBytes) [[unlikely]] {
        throw_record_too_large(size);
      }
    }
    if constexpr (kInPlace) {
      if (columns_[0].room() < C::kWidths[0]) [[unlikely]] {
        body_.reserve(columns_, C::kWidths, count(), 1);
      }
    }
    C::encode(record, columns_.data());
    if constexpr (!kInPlace) {
      ++count_;
    }
  }

  // Many at once: one memcpy where records are packed and there is no padding.
  void append(std::span<const T> records) {
    if (records.empty()) {
      return;
    }
    if constexpr (C::kPacked) {
      C::store_all(room(records.size()), records.data(), records.size());
    } else {
      for (const T& record : records) {
        append(record);
      }
    }
  }

  // Room for `n` more records, to be written one after another with Codec<T>::store. What was not
  // written is given back before anything else is done.
  std::byte* room(std::size_t n) requires C::kPacked {
    if (columns_[0].room() < n * sizeof(T)) [[unlikely]] {
      body_.reserve(columns_, C::kWidths, count(), n);
    }
    return columns_[0].claim(n * sizeof(T));
  }
  void give_back(std::size_t n) requires C::kPacked { columns_[0].give_back(n * sizeof(T)); }
  // The same, all from `at` on.
  void give_back_from(const std::byte* at) requires C::kPacked { columns_[0].end_at(at); }

  std::uint64_t count() const {
    if constexpr (kInPlace) {
      return columns_[0].size() / C::kWidths[0];
    } else {
      return count_;
    }
  }
  bool empty() const { return count() == 0; }
  // Encoded so far.
  std::size_t bytes() const {
    if constexpr (kInPlace) {
      constexpr std::size_t width = std::accumulate(C::kWidths.begin(), C::kWidths.end(), 0u);
      return columns_[0].size() / C::kWidths[0] * width;
    } else {
      std::size_t sum = 0;
      for (const Column& column : columns_) {
        sum += column.size();
      }
      return sum;
    }
  }

  // The batch of all records since the last finish() or clear(); `header` without count and
  // layout, which are filled in here.
  Batch finish(const Header& header) {
    Header complete = header;
    complete.count = count();
    complete.layout = C::kLayout;
    if constexpr (kInPlace) {
      if (complete.count != 0) {
        return body_.finish(complete, columns_, C::kWidths);
      }
    }
    Batch batch = Batch::make(complete, columns_);
    clear();
    return batch;
  }

  void clear() {
    for (Column& column : columns_) {
      column.clear();
    }
    count_ = 0;
  }

 private:
  static constexpr bool kInPlace = C::kFixedSize;
  struct Nothing {};

  std::array<Column, C::kColumns> columns_;
  [[no_unique_address]] std::conditional_t<kInPlace, OpenBody, Nothing> body_;
  std::uint64_t count_ = 0;
};

}  // namespace eagre::data
