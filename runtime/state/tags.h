// Where a hash belongs in a table of slots: seven bits of it are kept beside each used slot (its
// tag), so that one comparison of sixteen tags finds the slots worth looking at. A place is found
// by multiplication, so a table may have any capacity and grow by less than a doubling.
//
// Of a hash, the 7 high bits are the key group, the 32 bits below them the place, the 7 low bits
// the tag. Source of the idea: Kulukundis, "Designing a Fast, Efficient, Cache-friendly Hash Table,
// Step by Step" (CppCon 2017); the multiplication: Lemire, "Fast Random Integer Generation in an
// Interval" (2019).
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>

namespace eagre::state::tags {

using Tag = std::uint8_t;

inline constexpr Tag kEmpty = 0;
// Tags compared at once. The first kAtOnce tags of a table are repeated behind its last.
inline constexpr std::uint32_t kAtOnce = 16;
inline constexpr std::uint32_t kLeastCapacity = 16;

// The tags of a table without slots.
inline constexpr Tag kNone[kAtOnce] = {};

inline constexpr Tag tag_of(std::uint64_t hash) {
  return static_cast<Tag>(0x80 | (hash & 0x7f));
}

inline constexpr std::uint32_t home_of(std::uint64_t hash, std::uint32_t capacity) {
  return static_cast<std::uint32_t>(((hash >> 25 & 0xffffffff) * capacity) >> 32);
}

// Used slots that a table may have before it grows.
inline constexpr std::uint32_t limit_of(std::uint32_t capacity) {
  return capacity - capacity / 8;
}

// Doubles small tables; large ones grow by half, to waste less.
inline constexpr std::uint32_t grown(std::uint32_t capacity) {
  if (capacity == 0) {
    return kLeastCapacity;
  }
  return capacity < 1024 ? capacity * 2 : capacity + capacity / 2;
}

// Bit i is set if the tag i of sixteen is `tag`; zero if none is.
inline std::uint32_t match(const Tag* at, Tag tag) {
#if defined(__SSE2__)
  const __m128i group = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(tag));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(group, wanted)));
#else
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < kAtOnce; ++i) {
    found |= std::uint32_t{at[i] == tag} << i;
  }
  return found;
#endif
}

inline std::uint32_t match_empty(const Tag* at) {
  return match(at, kEmpty);
}

// The place of the first match; 32 if there is none.
inline std::uint32_t first(std::uint32_t matches) {
  return static_cast<std::uint32_t>(std::countr_zero(matches));
}

}  // namespace eagre::state::tags
