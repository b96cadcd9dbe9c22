// Memory for the characters of many strings that live as long as their table: chunks that are
// filled from the front and freed together.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace eagre::state {

// Threads: confined to one actor.
class TextArena {
 public:
  TextArena() = default;
  TextArena(TextArena&& other) noexcept { *this = std::move(other); }
  TextArena& operator=(TextArena&& other) noexcept;

  // A copy of the characters, which stays where it is until clear().
  const char* store(std::string_view text);
  // `n` stored characters are not used any more. They are not given out again.
  void waste(std::size_t n) { wasted_ += n; }
  // Whether much of the memory holds what is not used.
  bool is_wasteful() const { return wasted_ > kFirst && wasted_ > used_ / 2; }
  // Forgets everything; the newest chunk is kept.
  void clear();
  // Memory held.
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kFirst = std::size_t{1} << 10;
  static constexpr std::size_t kMost = std::size_t{64} << 10;

  struct Chunk {
    std::unique_ptr<char[]> data;
    std::size_t size = 0;
  };

  std::vector<Chunk> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0;
  std::size_t wasted_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace eagre::state
