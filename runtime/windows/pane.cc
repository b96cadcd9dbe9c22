#include "runtime/windows/pane.h"

#include <fmt/core.h>

#include "runtime/dataflow/failure.h"

namespace eagre::windows {

void fail_dated_back(std::int64_t event_time, std::int64_t earliest) {
  throw dataflow::MisuseError(fmt::format(
      "a record of event time {} came where all are at or after {}: a window must be given the "
      "event time by which records were let in, or a later one",
      event_time, earliest));
}

}  // namespace eagre::windows
