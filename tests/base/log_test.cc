// Examples of the log, written to a file in the place of stderr.
// Catches: lines on stdout, lines below the level, levels that do not read as they print.

#include "runtime/base/log.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <string>

namespace eagre::base {
namespace {

// What `body` writes to `stream`.
template <class Body>
std::string written_to(std::FILE* stream, Body body) {
  std::fflush(stream);
  std::FILE* const file = std::tmpfile();
  const int kept = dup(fileno(stream));
  dup2(fileno(file), fileno(stream));
  body();
  std::fflush(stream);
  dup2(kept, fileno(stream));
  close(kept);
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    text += static_cast<char>(c);
  }
  std::fclose(file);
  return text;
}

TEST_CASE("the log writes lines of its level and above to stderr, nothing to stdout") {
  std::string errors;
  const std::string output = written_to(stdout, [&] {
    errors = written_to(stderr, [] {
      set_log_level(LogLevel::warn);
      log(LogLevel::info, "not this");
      log(LogLevel::warn, "this {} as it is");
      set_log_level(LogLevel::off);
      log(LogLevel::error, "nor this");
      set_log_level(LogLevel::info);
    });
  });
  CHECK(output.empty());
  CHECK(errors.find("not this") == std::string::npos);
  CHECK(errors.find("this {} as it is\n") != std::string::npos);
  CHECK(errors.find("nor this") == std::string::npos);
}

TEST_CASE("log levels read as they print") {
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error, LogLevel::off}) {
    CHECK(parse_log_level(to_string(level)).value() == level);
  }
  CHECK(parse_log_level("loud").status().message().find("\"loud\" is no log level") !=
        std::string::npos);
  set_log_level(LogLevel::info);
  CHECK_FALSE(log_enabled(LogLevel::debug));
  CHECK(log_enabled(LogLevel::info));
  CHECK_FALSE(log_enabled(LogLevel::off));
}

}  // namespace
}  // namespace eagre::base
