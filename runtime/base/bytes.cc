#include "runtime/base/bytes.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <limits>

namespace eagre::base {

namespace {
constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};

Status malformed(std::string_view text, std::string_view why) {
  return Status(Code::usage,
                fmt::format("\"{}\" is not an amount of bytes: {}; write a whole number and B, "
                            "KiB, MiB, GiB or TiB, such as 4MiB",
                            text, why));
}
}  // namespace

Result<ByteCount> ByteCount::parse(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    return malformed(text, "too large");
  }
  if (error != std::errc{}) {
    return malformed(text, "it does not begin with a number");
  }
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) {
    unit.remove_prefix(1);
  }
  if (unit.empty()) {
    return ByteCount(number);
  }
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (unit != kUnits[i]) {
      continue;
    }
    if (number > std::numeric_limits<std::uint64_t>::max() >> (10 * i)) {
      return malformed(text, "too large");
    }
    return ByteCount(number << (10 * i));
  }
  return malformed(text, fmt::format("\"{}\" is no unit", unit));
}

std::string to_string(ByteCount bytes) {
  std::uint64_t number = bytes.value();
  std::size_t unit = 0;
  while (number != 0 && number % 1024 == 0 && unit + 1 < kUnits.size()) {
    number /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", number, kUnits[unit]);
}

}  // namespace eagre::base
