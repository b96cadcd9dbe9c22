#include "runtime/dataflow/failure.h"

#include <fmt/core.h>

#include <cstddef>
#include <string>

#include "runtime/dataflow/printable.h"

namespace eagre::dataflow {
namespace {

// A text of any length, line by line.
std::string shown_lines(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += printable(line, line.size());
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
    : std::runtime_error(fmt::format("{}:{}: {}: {}", printable(file, file.size()), line,
                                     what_is_wrong, printable(text, kMaxShownBytes))) {}

InputError::InputError(std::string_view file, std::string_view what_is_wrong)
    : std::runtime_error(fmt::format("{}: {}", printable(file, file.size()), what_is_wrong)) {}

}  // namespace eagre::dataflow
