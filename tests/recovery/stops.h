// Dataflows over two sources of numbers that are stopped dead again and again, wherever it is, and
// go on from their last checkpoints: the output is that of a run without checkpoints.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "runtime/api/plain_loop.h"
#include "runtime/base/random.h"
#include "tests/recovery/numbers.h"

namespace eagre::testing {

using NumberStream = api::Stream<std::uint64_t>;
// Two sources go in.
using Flow = std::function<void(const NumberStream&, const NumberStream&)>;

using NumberPair = std::pair<std::uint64_t, std::uint64_t>;
inline void write(const api::Stream<NumberPair>& pairs) {
  pairs.write([](const NumberPair& pair) { return fmt::format("{} {}", pair.first, pair.second); });
}

inline auto by_rest(const NumberStream& stream, std::uint64_t divisor) {
  return stream.key_by([divisor](std::uint64_t n) { return n % divisor; });
}

struct Case {
  Flow flow;
  Numbers a;
  Numbers b;
  std::uint64_t per_epoch = 1;

  api::Program program() const {
    return api::build([this](api::Scope& scope) {
      flow(numbers(scope, "a", a, per_epoch), numbers(scope, "b", b, per_epoch));
    });
  }
};

// Fewer than `most` of them.
Numbers random_numbers(base::Random& random, std::uint64_t most);

// Many seeded runs; the name is for messages. With other numbers of workers after a stop, if it
// rescales.
void check_stops(const std::string& name, const Flow& flow, bool rescales = true);

}  // namespace eagre::testing
