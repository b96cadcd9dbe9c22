#include "runtime/dataflow/printable.h"

#include <fmt/core.h>

#include <algorithm>

namespace eagre::dataflow {
namespace {

// The length of the UTF-8 character that `text` begins with, if it is a whole and printable one; 0
// if not. Control characters, those of the second set (C1) too, may move a terminal's cursor.
std::size_t printable_prefix(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return lead == '\t' || (lead >= 0x20 && lead != 0x7f) ? 1 : 0;
  }
  const std::size_t length = lead < 0xc2   ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return 0;
    }
  }
  const unsigned char second = byte(1);
  const bool is_control = lead == 0xc2 && second < 0xa0;
  const bool is_overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool is_surrogate = lead == 0xed && second >= 0xa0;
  const bool is_too_large = lead == 0xf4 && second >= 0x90;
  return is_control || is_overlong || is_surrogate || is_too_large ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = printable_prefix(text.substr(at));
    const std::size_t taken = std::max<std::size_t>(length, 1);
    if (at + taken > max_bytes) {
      return out + fmt::format("... ({} bytes)", text.size());
    }
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else {
      out += text.substr(at, length);
    }
    at += taken;
  }
  return out;
}

}  // namespace eagre::dataflow
