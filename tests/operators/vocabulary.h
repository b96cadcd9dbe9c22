// The words that the tests of operators are written in: whole dataflows in a plain loop, their
// records with times, random records by epoch.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/random.h"
#include "tests/support/run_loop.h"

namespace eagre {

using api::Scope;
using testing::always_gives;
using testing::by_epoch;
using testing::in_order;
using testing::loop_options;
using testing::run_once;
using testing::timed;
using testing::Timed;

using Number = std::uint64_t;

// make() records in up to `most_epochs` epochs of fewer than `records` each; some are empty.
template <class Make>
auto random_epochs(base::Random& random, std::uint64_t most_epochs, std::uint64_t records,
                   Make make) {
  std::vector<std::vector<decltype(make())>> epochs(1 + random.below(most_epochs));
  for (auto& epoch : epochs) {
    for (std::uint64_t left = random.below(records); left > 0; --left) {
      epoch.push_back(make());
    }
  }
  return epochs;
}

}  // namespace eagre
