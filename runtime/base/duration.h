// Spans of time as people write them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace eagre::base {

// "500ms", "2s", "1m" or "1h": a whole number and its unit. Code::usage says what is wrong.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// In the largest unit that divides it: "1500ms", "2s". parse_duration reads it back.
std::string to_string(std::chrono::milliseconds duration);

}  // namespace eagre::base
