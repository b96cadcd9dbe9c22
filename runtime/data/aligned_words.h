// Bytes from outside as 64-bit words, where they lie if they are aligned, else as a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace eagre::data::wire {

// The bytes must outlive it, and be a whole number of words.
// Threads: value.
class AlignedWords {
 public:
  explicit AlignedWords(std::span<const std::byte> bytes) {
    const std::size_t words = bytes.size() / sizeof(std::uint64_t);
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) == 0) {
      words_ = {reinterpret_cast<const std::uint64_t*>(bytes.data()), words};
      return;
    }
    copy_ = std::make_unique_for_overwrite<std::uint64_t[]>(words);
    std::memcpy(copy_.get(), bytes.data(), words * sizeof(std::uint64_t));
    words_ = {copy_.get(), words};
  }

  std::span<const std::uint64_t> words() const { return words_; }

 private:
  std::unique_ptr<std::uint64_t[]> copy_;
  std::span<const std::uint64_t> words_;
};

}  // namespace eagre::data::wire
