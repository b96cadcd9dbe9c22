// Dataflows that must write the same in every way of running them.
#pragma once

#include <vector>

#include "actors/eagre.h"

namespace eagre {

struct Shape {
  const char* name;
  Define define;
};

// The first is the one with barriers: every epoch is waited for.
const std::vector<Shape>& shapes();

}  // namespace eagre
