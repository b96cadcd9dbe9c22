// What becomes of dead letters: they are gathered from all stages, out of all loops, and are a
// result of the program like those of Stream::write, in the same order always.
#pragma once

#include <memory>

#include "runtime/api/builder.h"

namespace eagre::api {

// When all is defined: fills in Program::dead_letters.
void gather_dead_letters(const std::shared_ptr<Builder>& builder);

}  // namespace eagre::api
