// The few words of Cap'n Proto's encoding that are written by hand: of batches, because the body
// lies ready before the header is known, and of small frequent messages, because that is several
// times faster. Source: capnproto.org/encoding.html (structs, lists, far pointers, stream framing).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace eagre::data::wire {

static_assert(std::endian::native == std::endian::little,
              "batches are little-endian and read in place");

inline constexpr std::size_t kMaxSegmentWords = std::size_t{1} << 29;

// A list of composites counts the words of its elements, and a tag comes before them.
enum class ElementSize : std::uint64_t { byte = 2, eight_bytes = 5, pointer = 6, composite = 7 };

constexpr std::size_t words_for(std::size_t bytes) {
  return (bytes + 7) / 8;
}

// `offset` in words, from the word after the pointer to the first element.
constexpr std::uint64_t list_pointer(std::int64_t offset, ElementSize element, std::size_t count) {
  return 1 | (static_cast<std::uint64_t>(offset) & 0x3fffffff) << 2 |
         static_cast<std::uint64_t>(element) << 32 | static_cast<std::uint64_t>(count) << 35;
}

// To a struct that follows the pointer.
constexpr std::uint64_t struct_pointer(std::uint64_t data_words, std::uint64_t pointers) {
  return data_words << 32 | pointers << 48;
}

constexpr std::uint64_t composite_tag(std::size_t count, std::uint64_t data_words,
                                      std::uint64_t pointers) {
  return static_cast<std::uint64_t>(count) << 2 | struct_pointer(data_words, pointers);
}

// The framing of a message of one segment.
constexpr std::uint64_t one_segment(std::size_t words) {
  return static_cast<std::uint64_t>(words) << 32;
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
