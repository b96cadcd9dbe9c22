#include "runtime/base/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace eagre::base {

namespace {
std::atomic<CheckHandler> check_handler{nullptr};
}  // namespace

CheckHandler set_check_handler(CheckHandler handler) {
  return check_handler.exchange(handler);
}

void check_failed(const char* condition, const char* file, int line, const std::string& message) {
  const std::string text =
      condition != nullptr
          ? fmt::format("eagre: broken invariant: {} ({}, {}:{})", message, condition, file, line)
          : fmt::format("eagre: broken invariant: {} ({}:{})", message, file, line);
  if (const CheckHandler handler = check_handler.load()) {
    handler(text);
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
    std::fflush(stderr);
  }
  std::abort();
}

}  // namespace eagre::base
