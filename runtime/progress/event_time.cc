#include "runtime/progress/event_time.h"

#include <fmt/core.h>

namespace eagre::progress {

std::string event_time_text(const Time& time) {
  std::string text = fmt::format("(event time {}", event_time_of(time));
  for (const std::uint64_t round : time.coordinates().subspan(kEventTime + 1)) {
    text += fmt::format(", {}", round);
  }
  return text + ")";
}

}  // namespace eagre::progress
