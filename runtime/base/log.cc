#include "runtime/base/log.h"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>

namespace eagre::base {

namespace {

constexpr std::array<std::string_view, 5> kNames = {"debug", "info", "warn", "error", "off"};

std::atomic<LogLevel> least_level{LogLevel::info};

spdlog::logger& logger() {
  // Never destroyed: threads may still log while the process ends.
  static spdlog::logger& instance = *[] {
    auto* made = new spdlog::logger("eagre", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::trace);
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return made;
  }();
  return instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) {
      return static_cast<LogLevel>(i);
    }
  }
  return Status(Code::usage, fmt::format("\"{}\" is no log level; write debug, info, warn, error "
                                         "or off",
                                         text));
}

std::string_view to_string(LogLevel level) {
  return kNames[static_cast<std::size_t>(level)];
}

void set_log_level(LogLevel level) {
  least_level.store(level, std::memory_order_relaxed);
}

bool log_enabled(LogLevel level) {
  return level != LogLevel::off && level >= least_level.load(std::memory_order_relaxed);
}

void log(LogLevel level, std::string_view message) {
  if (log_enabled(level)) {
    logger().log(to_spdlog(level), "{}", message);
  }
}

}  // namespace eagre::base
