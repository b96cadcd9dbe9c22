// Whether two processes have built the same dataflow.
#pragma once

#include <cstdint>

#include "runtime/plan/plan.h"

namespace eagre::plan {

// Equal for equal plans, on every machine: xxh3 of all that a plan says. Not in it, because a plan
// does not know them: types of records, and what functions do (keys, stages).
std::uint64_t fingerprint(const Plan& plan);

}  // namespace eagre::plan
