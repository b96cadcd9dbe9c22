// The two ends of a column: Column grows while records are written, Cursor walks while they are
// read. A column is plain bytes; the codecs know what they mean.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace eagre::data {

// The largest column of a batch: the length of a Data of Cap'n Proto has 29 bits.
inline constexpr std::size_t kMaxColumnBytes = (std::size_t{1} << 29) - 8;

// A growing buffer, aligned to 8 bytes. It is kept by clear(), unless it has become large.
// Threads: value.
class Column {
 public:
  Column() = default;
  Column(Column&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        end_(std::exchange(other.end_, nullptr)),
        limit_(std::exchange(other.limit_, nullptr)),
        lent_(std::exchange(other.lent_, false)) {}
  Column& operator=(Column&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(limit_, other.limit_);
    std::swap(lent_, other.lent_);
    return *this;
  }
  ~Column();

  // Room for `n` more bytes, uninitialised. More than kMaxColumnBytes in all is a broken
  // invariant: batches are finished long before.
  std::byte* claim(std::size_t n) {
    if (static_cast<std::size_t>(limit_ - end_) < n) [[unlikely]] {
      grow(n);
    }
    std::byte* const at = end_;
    end_ += n;
    return at;
  }

  // Takes back the last `n` of the claimed bytes.
  void give_back(std::size_t n) { end_ -= n; }

  template <class Scalar>
  void put(Scalar value) {
    std::memcpy(claim(sizeof(Scalar)), &value, sizeof(Scalar));
  }

  void append(const void* data, std::size_t n) {
    if (n != 0) {
      std::memcpy(claim(n), data, n);
    }
  }

  // Takes back all from `at` on.
  void end_at(const std::byte* at) { end_ = begin_ + (at - begin_); }

  // Lies from now on in memory of the caller's: `used` bytes are there, `limit` may be. It does not
  // grow beyond that.
  void lend(std::byte* begin, std::size_t used, std::size_t limit) {
    if (!lent_) {
      release();
    }
    begin_ = begin;
    end_ = begin + used;
    limit_ = begin + limit;
    lent_ = true;
  }
  std::size_t room() const { return static_cast<std::size_t>(limit_ - end_); }

  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  std::span<const std::byte> bytes() const { return {begin_, size()}; }
  void clear() {
    end_ = begin_;
    if (!lent_ && static_cast<std::size_t>(limit_ - begin_) > kKeptBytes) [[unlikely]] {
      release();
    }
  }

 private:
  static constexpr std::size_t kKeptBytes = std::size_t{4} << 20;

  void grow(std::size_t n);
  void release();

  std::byte* begin_ = nullptr;
  std::byte* end_ = nullptr;
  std::byte* limit_ = nullptr;
  bool lent_ = false;
};

// Reads a column that has been verified: no bounds are checked here.
// Threads: value.
class Cursor {
 public:
  Cursor() = default;
  explicit Cursor(const std::byte* at) : at_(at) {}

  const std::byte* take(std::size_t n) {
    const std::byte* const at = at_;
    at_ += n;
    return at;
  }

  template <class Scalar>
  Scalar get() {
    Scalar value;
    std::memcpy(&value, take(sizeof(Scalar)), sizeof(Scalar));
    return value;
  }

 private:
  const std::byte* at_ = nullptr;
};

}  // namespace eagre::data
