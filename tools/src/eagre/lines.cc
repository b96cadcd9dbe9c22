#include "tools/src/eagre/lines.h"

#include <utility>

namespace eagre::tool {
namespace {

constexpr std::size_t kMaxLine = std::size_t{1} << 16;

}  // namespace

std::string Lines::add(std::string_view bytes) {
  std::string complete;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool ends = end != std::string_view::npos;
    rest_ += bytes.substr(0, end);
    if (ends || rest_.size() >= kMaxLine) {
      complete += prefix_ + std::exchange(rest_, {}) + '\n';
    }
    bytes.remove_prefix(ends ? end + 1 : bytes.size());
  }
  return complete;
}

std::string Lines::finish() {
  return rest_.empty() ? std::string() : prefix_ + std::exchange(rest_, {}) + '\n';
}

}  // namespace eagre::tool
