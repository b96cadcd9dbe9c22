// Reads the records of a batch: packed ones in place, others by decoding into one object.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/base/status.h"
#include "runtime/data/batch.h"
#include "runtime/data/codec.h"

namespace eagre::data {

// A batch from outside whose columns do not hold the records that its header promises.
class MalformedBatch : public std::exception {
 public:
  explicit MalformedBatch(base::Status status);
  const base::Status& status() const { return status_; }
  const char* what() const noexcept override { return status_.message().c_str(); }

 private:
  base::Status status_;
};

// Whether the batch holds whole records of type T. Batches made in this process do, which costs
// one comparison to see; a batch from outside is walked through once.
template <class T>
base::Status verify(const Batch& batch);

namespace detail {
base::Status wrong_layout(const Batch& batch, std::uint64_t layout, std::size_t columns);
base::Status wrong_columns(const Batch& batch);
[[noreturn]] void throw_malformed(base::Status status);

template <class T>
base::Status verify_columns(const Batch& batch) {
  using C = Codec<T>;
  if (batch.header().layout != C::kLayout || batch.columns() != C::kColumns) {
    return wrong_layout(batch, C::kLayout, C::kColumns);
  }
  std::array<ColumnBytes, C::kColumns> columns;
  for (std::size_t i = 0; i < C::kColumns; ++i) {
    columns[i] = batch.column(i);
  }
  if (!C::fits(batch.count(), columns.data())) {
    return wrong_columns(batch);
  }
  batch.mark_verified();
  return base::Status();
}
}  // namespace detail

template <class T>
base::Status verify(const Batch& batch) {
  static_assert(check_record<T>());
  if (batch.verified_for(Codec<T>::kLayout)) [[likely]] {
    return base::Status();
  }
  return detail::verify_columns<T>(batch);
}

// Uses the batch, which must outlive it.
// Threads: confined to one actor.
template <class T>
class BatchReader {
  static_assert(check_record<T>());
  using C = Codec<T>;

 public:
  // A batch that was made here and has another layout is a broken invariant. One from outside that
  // has another layout, or malformed columns, is MalformedBatch, thrown here once and for all.
  explicit BatchReader(const Batch& batch) : batch_(batch) {
    if (!batch.verified_for(C::kLayout)) [[unlikely]] {
      EAGRE_CHECK(!batch.verified_for(batch.header().layout),
                  "a batch on channel {} of layout {:#018x} is read as layout {:#018x}",
                  batch.channel(), batch.header().layout, C::kLayout);
      base::Status status = detail::verify_columns<T>(batch);
      if (!status.ok()) {
        detail::throw_malformed(std::move(status));
      }
    }
  }

  std::size_t size() const { return batch_.count(); }

  // The records where they lie; valid as long as the batch.
  std::span<const T> packed() const requires C::kPacked {
    return {reinterpret_cast<const T*>(batch_.column(0).data()), size()};
  }

  T decode(std::size_t i) const requires C::kPacked { return packed()[i]; }

  // Calls `f` with each record in order, as `const T&`, valid during the call.
  template <class F>
  void for_each(F&& f) {
    if constexpr (C::kPacked) {
      for (const T& record : packed()) {
        f(record);
      }
    } else {
      auto cursors = open();
      for (std::size_t left = size(); left != 0; --left) {
        C::decode(cursors.data(), record_);
        f(static_cast<const T&>(record_));
      }
    }
  }

  // Calls `f` with spans of all records in order: packed ones where they lie, others decoded some
  // at a time into `objects`, which are used again. A span is valid during the call.
  template <class F>
  void for_each_block(std::vector<T>& objects, F&& f) {
    if constexpr (C::kPacked) {
      if (size() != 0) {
        f(packed());
      }
    } else {
      auto cursors = open();
      for (std::size_t left = size(); left != 0;) {
        const std::size_t n = std::min(left, kBlock);
        if (objects.size() < n) {
          objects.resize(n);
        }
        for (std::size_t i = 0; i < n; ++i) {
          C::decode(cursors.data(), objects[i]);
        }
        f(std::span<const T>(objects.data(), n));
        left -= n;
      }
    }
  }
  static constexpr std::size_t kBlock = 128;

  // Single pass; all iterators of a reader share its one object.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    explicit Iterator(BatchReader* reader)
        : reader_(reader), cursors_(reader->open()), left_(reader->size()) {
      read();
    }

    const T& operator*() const { return reader_->record_; }
    const T* operator->() const { return &reader_->record_; }
    Iterator& operator++() {
      --left_;
      read();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

   private:
    void read() {
      if (left_ != 0) {
        C::decode(cursors_.data(), reader_->record_);
      }
    }

    BatchReader* reader_ = nullptr;
    std::array<Cursor, C::kColumns> cursors_;
    std::size_t left_ = 0;
  };

  auto begin() {
    if constexpr (C::kPacked) {
      return packed().data();
    } else {
      return Iterator(this);
    }
  }
  auto end() {
    if constexpr (C::kPacked) {
      return packed().data() + size();
    } else {
      return Iterator();
    }
  }

 private:
  struct Nothing {};

  std::array<Cursor, C::kColumns> open() const {
    std::array<Cursor, C::kColumns> cursors;
    for (std::size_t i = 0; i < C::kColumns; ++i) {
      cursors[i] = Cursor(batch_.column(i).data());
    }
    return cursors;
  }

  const Batch& batch_;
  [[no_unique_address]] std::conditional_t<C::kPacked, Nothing, T> record_{};
};

}  // namespace eagre::data
