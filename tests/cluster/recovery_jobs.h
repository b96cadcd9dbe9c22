// The jobs of recovery_jobs that are more than a line of operators of the library.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <utility>

#include "actors/eagre.h"

namespace eagre::testing {

using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;
using Numbers = Stream<Number>;

inline std::string text_of(const Pair& pair) {
  return fmt::format("{} {}", pair.first, pair.second);
}

inline auto by_rest(const Numbers& stream, Number divisor) {
  return stream.key_by([divisor](Number n) { return n % divisor; });
}

// Records at which stateless operators of all kinds throw for ever, fused and not, in a loop too.
void poison(const Numbers& all);
// Throws at some records while there is such a file.
void faulty(const Numbers& all, const std::string& fault);
// Keeps states with names, one of which forgets: how often each key has come without a pause.
void states(const Numbers& all);
// Windows of event time of every shape, and late records.
void windowed(const Numbers& all);
// Keeps something on every worker that belongs to no key.
void local(const Numbers& all);
// May keep anything, so it cannot be restored.
void opaque(const Numbers& all);

}  // namespace eagre::testing
