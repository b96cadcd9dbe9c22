// The few words of Cap'n Proto's encoding that are written by hand, because the body of a batch
// lies ready before its header is known. Source: capnproto.org/encoding.html (lists, far pointers,
// stream framing).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace eagre::data::wire {

static_assert(std::endian::native == std::endian::little,
              "batches are little-endian and read in place");

inline constexpr std::size_t kMaxSegmentWords = std::size_t{1} << 29;

enum class ElementSize : std::uint64_t { byte = 2, eight_bytes = 5, pointer = 6 };

constexpr std::size_t words_for(std::size_t bytes) {
  return (bytes + 7) / 8;
}

// `offset` in words, from the word after the pointer to the first element.
constexpr std::uint64_t list_pointer(std::int64_t offset, ElementSize element, std::size_t count) {
  return 1 | (static_cast<std::uint64_t>(offset) & 0x3fffffff) << 2 |
         static_cast<std::uint64_t>(element) << 32 | static_cast<std::uint64_t>(count) << 35;
}

constexpr std::uint64_t struct_pointer(std::uint64_t data_words, std::uint64_t pointers) {
  return data_words << 32 | pointers << 48;
}

// To the landing pad at word `word` of another segment.
constexpr std::uint64_t far_pointer(std::uint64_t segment, std::uint64_t word) {
  return 2 | word << 3 | segment << 32;
}

constexpr std::int64_t offset_of(std::uint64_t pointer) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
}
constexpr std::size_t length_of(std::uint64_t list) {
  return list >> 35;
}

}  // namespace eagre::data::wire
