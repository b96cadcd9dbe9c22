// RapidCheck generators of times and path summaries, small enough to meet each other often.
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

#include "runtime/progress/path_summary.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

// Of `size` coordinates, each below `bound`.
inline rc::Gen<Time> times(std::size_t size, std::uint64_t bound = 4) {
  return rc::gen::map(rc::gen::container<std::vector<std::uint64_t>>(
                          size, rc::gen::resize(100, rc::gen::inRange<std::uint64_t>(0, bound))),
                      [](const std::vector<std::uint64_t>& coordinates) {
                        return Time(std::span<const std::uint64_t>(coordinates));
                      });
}

// From `inputs` coordinates: leaves some scopes, adds, enters others; the composition of its steps.
inline PathSummary make_summary(std::size_t inputs, std::size_t kept,
                                const std::vector<std::uint64_t>& adds,
                                const std::vector<std::uint64_t>& appended) {
  PathSummary summary = PathSummary::identity(inputs);
  const auto then = [&](const PathSummary& next) { summary = *summary.followed_by(next); };
  for (std::size_t n = inputs; n > kept; --n) {
    then(PathSummary::leave(n));
  }
  for (std::size_t i = 0; i < kept; ++i) {
    then(PathSummary::advance(kept, i, adds[i]));
  }
  for (std::size_t i = 0; i < appended.size(); ++i) {
    then(PathSummary::enter(kept + i));
    then(PathSummary::advance(kept + i + 1, kept + i, appended[i]));
  }
  return summary;
}

inline rc::Gen<PathSummary> summaries(std::size_t inputs, std::size_t outputs) {
  const std::size_t most = inputs < outputs ? inputs : outputs;
  return rc::gen::mapcat(
      rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, most + 1)), [=](std::size_t kept) {
        const auto numbers = rc::gen::container<std::vector<std::uint64_t>>(
            outputs, rc::gen::resize(100, rc::gen::inRange<std::uint64_t>(0, 3)));
        return rc::gen::map(numbers, [=](const std::vector<std::uint64_t>& values) {
          const auto middle = values.begin() + static_cast<std::ptrdiff_t>(kept);
          return make_summary(inputs, kept, {values.begin(), middle}, {middle, values.end()});
        });
      });
}

}  // namespace eagre::progress
