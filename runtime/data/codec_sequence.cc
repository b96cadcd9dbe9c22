#include "runtime/data/codec_sequence.h"

namespace eagre::data {

std::optional<std::uint64_t> sum_of_lengths(std::uint64_t n, ColumnBytes lengths) {
  if (lengths.size() % sizeof(std::uint32_t) != 0 || lengths.size() / sizeof(std::uint32_t) != n) {
    return std::nullopt;
  }
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t length = 0;
    std::memcpy(&length, lengths.data() + i * sizeof(length), sizeof(length));
    sum += length;
  }
  return sum;
}

std::optional<std::uint64_t> sum_of_flags(std::uint64_t n, ColumnBytes flags) {
  if (flags.size() != n) {
    return std::nullopt;
  }
  std::uint64_t sum = 0;
  std::byte seen{0};
  for (const std::byte flag : flags) {
    seen |= flag;
    sum += static_cast<std::uint64_t>(flag);
  }
  if (std::to_integer<unsigned>(seen) > 1) {
    return std::nullopt;
  }
  return sum;
}

}  // namespace eagre::data
