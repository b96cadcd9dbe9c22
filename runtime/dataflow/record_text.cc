#include "runtime/dataflow/record_text.h"

#include <fmt/core.h>

namespace eagre::dataflow {

void append_text(std::string& text, std::int64_t number) {
  text += std::to_string(number);
}

void append_text(std::string& text, std::uint64_t number) {
  text += std::to_string(number);
}

void append_text(std::string& text, double number) {
  text += fmt::format("{}", number);
}

void append_opaque(std::string& text, std::size_t bytes) {
  text += fmt::format("({} bytes)", bytes);
}

}  // namespace eagre::dataflow
