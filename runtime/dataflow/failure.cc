#include "runtime/dataflow/failure.h"

#include <fmt/core.h>

namespace eagre::dataflow {
namespace {

constexpr std::size_t kMaxShownBytes = 200;

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\t' || (byte >= 0x20 && byte != 0x7f)) {
      out.push_back(c);
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  if (text.size() > kMaxShownBytes) {
    out += fmt::format("... ({} bytes)", text.size());
  }
  return out;
}

}  // namespace

base::Status to_status(const Failure& failure) {
  if (failure.code == base::Code::input) {
    return {failure.code, failure.what};
  }
  const std::string at = failure.time.empty() ? "" : fmt::format(" at time {}", failure.time);
  return {failure.code, fmt::format("operator \"{}\" on worker {} failed{}: {}",
                                    failure.operator_name, failure.worker, at, failure.what)};
}

InputError::InputError(std::string_view file, std::uint64_t line, std::string_view what_is_wrong,
                       std::string_view text)
    : std::runtime_error(fmt::format("{}:{}: {}: {}", file, line, what_is_wrong, shown(text))) {}

InputError::InputError(std::string_view file, std::string_view what_is_wrong)
    : std::runtime_error(fmt::format("{}: {}", file, what_is_wrong)) {}

}  // namespace eagre::dataflow
