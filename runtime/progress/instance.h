// An operator instance as progress sees it: its ports, and of which frontiers it wants to hear.
#pragma once

#include <vector>

#include "runtime/progress/location.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::progress {

// When an input port wants to hear of its frontier.
enum class Interest {
  never,
  while_holding,  // while the instance holds a capability
  always,
};

struct InputPort {
  Location location;
  Interest interest = Interest::never;
};

// Threads: value.
struct Instance {
  ReporterId id;
  std::vector<InputPort> inputs;
  std::vector<Location> outputs;
};

}  // namespace eagre::progress
