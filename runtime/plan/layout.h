// From a plan to the topology on which progress is tracked: every port gets its location.
#pragma once

#include <optional>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/plan/plan.h"
#include "runtime/progress/location.h"
#include "runtime/progress/topology.h"

namespace eagre::plan {

// Threads: value.
struct Layout {
  progress::Topology topology;
  // Locations by node and port.
  std::vector<std::vector<progress::Location>> inputs;
  std::vector<std::vector<progress::Location>> outputs;
  // Where the epoch clock holds its time (progress/epoch_clock.h), if there is one: before all that
  // sources feed.
  std::optional<progress::Location> clock;
};

// Whether progress has an epoch clock, which checkpoints need.
enum class Clock { none, epochs };

// Refuses a plan (Code::usage) with an input that is not connected, and one whose topology is not
// valid: a cycle that does not advance time is named.
base::Result<Layout> lay_out(const Plan& plan, Clock clock = Clock::none);

}  // namespace eagre::plan
