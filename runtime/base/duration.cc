#include "runtime/base/duration.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

namespace eagre::base {

namespace {

// Smallest first, with their milliseconds.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits = {
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, milliseconds] : kUnits) {
    if (error == std::errc{} && number >= 0 && unit == name &&
        number <= std::numeric_limits<std::int64_t>::max() / milliseconds) {
      return std::chrono::milliseconds(number * milliseconds);
    }
  }
  return Status(Code::usage, fmt::format("\"{}\" is no span of time: write a whole number and ms, "
                                         "s, m or h, such as 500ms",
                                         text));
}

std::string to_string(std::chrono::milliseconds duration) {
  for (std::size_t i = kUnits.size(); i-- > 1;) {
    if (duration.count() != 0 && duration.count() % kUnits[i].second == 0) {
      return fmt::format("{}{}", duration.count() / kUnits[i].second, kUnits[i].first);
    }
  }
  return fmt::format("{}ms", duration.count());
}

}  // namespace eagre::base
