// Broken invariants: what can only be a bug of this library or of its caller ends the process,
// in release builds too, with one line that says what failed, on what, and with which value.
// What may happen in a correct program (bad input, a peer gone) is a Status, never a check.
#pragma once

#include <fmt/core.h>

#include <string>

namespace eagre::base {

// Called with the whole message ("eagre: broken invariant: ...") when a check fails. If the
// handler returns, the process aborts.
using CheckHandler = void (*)(const std::string& message);

// Test seam: sets what happens when a check fails and returns the previous handler. A handler may
// throw, so that a test can see a broken invariant without losing its process; code under such a
// handler is only good for being destroyed. Null restores the default: print to stderr and abort.
// Threads: safe from any thread.
CheckHandler set_check_handler(CheckHandler handler);

// Used by the macros. `condition` is null for EAGRE_FAIL.
[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               const std::string& message);

template <class... Args>
[[noreturn, gnu::cold, gnu::noinline]] void check_failed_with(const char* condition,
                                                              const char* file, int line,
                                                              fmt::format_string<Args...> format,
                                                              Args&&... args) {
  check_failed(condition, file, line, fmt::vformat(format, fmt::make_format_args(args...)));
}

}  // namespace eagre::base

// EAGRE_CHECK(condition, "format {}", args...): the message is formatted only on failure.
#define EAGRE_CHECK(condition, ...)                                                  \
  do {                                                                               \
    if (!(condition)) [[unlikely]]                                                   \
      ::eagre::base::check_failed_with(#condition, __FILE__, __LINE__, __VA_ARGS__); \
  } while (false)

// EAGRE_FAIL("format {}", args...): this place must never be reached.
#define EAGRE_FAIL(...) ::eagre::base::check_failed_with(nullptr, __FILE__, __LINE__, __VA_ARGS__)
