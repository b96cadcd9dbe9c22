// The log: lines for the operator of the program, on stderr only (stdout belongs to its data).
#pragma once

#include <string_view>

#include "runtime/base/status.h"

namespace eagre::base {

enum class LogLevel : unsigned char { debug, info, warn, error, off };

// "debug", "info", "warn", "error" or "off".
Result<LogLevel> parse_log_level(std::string_view text);
std::string_view to_string(LogLevel level);

// Lines below `level` are dropped; the default is info. Threads: safe from any thread.
void set_log_level(LogLevel level);

// Whether a line of this level would be written: ask before building a costly message.
// Threads: safe from any thread.
bool log_enabled(LogLevel level);

// Writes one line. LogLevel::off writes nothing. Threads: safe from any thread.
void log(LogLevel level, std::string_view message);

}  // namespace eagre::base
