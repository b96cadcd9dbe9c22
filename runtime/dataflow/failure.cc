#include "runtime/dataflow/failure.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace eagre::dataflow {
namespace {

constexpr std::size_t kMaxShownBytes = 200;

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

// At most `max_bytes` of the text, cut between characters, the others escaped.
std::string shown(std::string_view text, std::size_t max_bytes) {
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

// A text of any length, line by line.
std::string shown_lines(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += shown(line, line.size());
    if (end == std::string_view::npos) {
      return out;
    }
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace

base::Status to_status(const Failure& failure) {
  if (failure.code == base::Code::input) {
    return {failure.code, failure.what};
  }
  const std::string at = failure.time.empty() ? "" : fmt::format(" at time {}", failure.time);
  return {failure.code,
          fmt::format("operator \"{}\" on worker {} failed{}: {}", failure.operator_name,
                      failure.worker, at, shown_lines(failure.what))};
}

InputError::InputError(std::string_view file, std::uint64_t line, std::string_view what_is_wrong,
                       std::string_view text)
    : std::runtime_error(fmt::format("{}:{}: {}: {}", shown(file, file.size()), line, what_is_wrong,
                                     shown(text, kMaxShownBytes))) {}

InputError::InputError(std::string_view file, std::string_view what_is_wrong)
    : std::runtime_error(fmt::format("{}: {}", shown(file, file.size()), what_is_wrong)) {}

}  // namespace eagre::dataflow
