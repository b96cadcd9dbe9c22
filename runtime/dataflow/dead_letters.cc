#include "runtime/dataflow/dead_letters.h"

#include <fmt/core.h>

#include <exception>

#include "runtime/dataflow/printable.h"

namespace eagre::dataflow {
namespace {

// A string of JSON. What is printable has no control characters but tabs.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\t') {
      out += "\\t";
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + '"';
}

std::string handled() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

}  // namespace

std::string dead_letter(std::string_view time, std::string_view stage, std::string_view error,
                        std::string_view record) {
  return fmt::format(R"({{"time":{},"operator":{},"error":{},"record":{}}})", quoted(time),
                     quoted(printable(stage, stage.size())), quoted(printable(error, error.size())),
                     quoted(printable(record, kMaxShownBytes)));
}

void DeadLetters::add(std::string_view time, std::string_view stage, std::string_view record) {
  tap_.give(dead_letter(time, stage, handled(), record));
}

}  // namespace eagre::dataflow
