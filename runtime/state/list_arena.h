// Many growing lists in one place, as the values of a keyed table: a list is sixteen bytes and its
// elements lie together in a block of the arena. A list that outgrows its block moves to one twice
// as large, and the old block is the next list's. Everything is freed together.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

namespace eagre::state {

// Blocks of 2^n elements of `element_bytes`, which is a multiple of 8, as their addresses are.
// Threads: confined to one actor.
class BlockArena {
 public:
  explicit BlockArena(std::size_t element_bytes) : element_bytes_(element_bytes) {}
  BlockArena(const BlockArena&) = delete;
  BlockArena& operator=(const BlockArena&) = delete;

  std::byte* take(std::uint32_t n);
  // A block that take(n) gave.
  void give_back(std::byte* block, std::uint32_t n);
  // Memory held.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Free {
    Free* next;
  };

  std::size_t element_bytes_;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
  std::array<Free*, 32> free_{};
};

// Elements that own nothing lie in the arena.
template <class E>
class ArenaList {
 public:
  std::span<const E> elements() const { return {elements_, size_}; }

  // `arena` is the same for all calls, and made for sizes of ArenaList::kBytes.
  void push(const E& element, BlockArena& arena) {
    // Blocks of one element, four, eight and so on.
    if ((size_ & (size_ - 1)) == 0 && size_ != 2) {
      grow(arena);
    }
    ::new (static_cast<void*>(elements_ + size_)) E(element);
    ++size_;
  }
  // Where it is read, and where it grows.
  void prefetch() const {
    __builtin_prefetch(elements_);
    __builtin_prefetch(reinterpret_cast<const std::byte*>(elements_) + 64);
  }
  void prefetch_end() const {
    __builtin_prefetch(elements_);
    __builtin_prefetch(elements_ + size_);
  }

  static constexpr std::size_t kBytes = (sizeof(E) + 7) / 8 * 8;

 private:
  void grow(BlockArena& arena) {
    const auto n = static_cast<std::uint32_t>(size_ == 1 ? 2 : std::bit_width(size_));
    auto* const moved = reinterpret_cast<E*>(arena.take(n));
    for (std::uint32_t i = 0; i < size_; ++i) {
      ::new (static_cast<void*>(moved + i)) E(elements_[i]);
    }
    if (size_ != 0) {
      arena.give_back(reinterpret_cast<std::byte*>(elements_), size_ == 1 ? 0 : n - 1);
    }
    elements_ = moved;
  }

  E* elements_ = nullptr;
  std::uint32_t size_ = 0;
};

// The others in a vector of their own.
template <class E>
class OwningList {
 public:
  std::span<const E> elements() const { return elements_; }
  void push(const E& element, BlockArena&) { elements_.push_back(element); }
  void prefetch() const { __builtin_prefetch(elements_.data()); }
  void prefetch_end() const { __builtin_prefetch(elements_.data() + elements_.size()); }
  static constexpr std::size_t kBytes = 8;

 private:
  std::vector<E> elements_;
};

template <class E>
using List = std::conditional_t<std::is_trivially_destructible_v<E> && alignof(E) <= 8,
                                ArenaList<E>, OwningList<E>>;

}  // namespace eagre::state
