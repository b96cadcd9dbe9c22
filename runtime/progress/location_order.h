// The order that makes propagation finite.
//
// Give (location, time) the hierarchical key
//     t[0], rank in the root scope, t[1], rank in the scope below, t[2], ...
// compared left to right, where the rank at a level is that of the location's ancestor (a child
// scope or, at the innermost level, the port itself) in a topological order of that scope's graph.
// In the scope's graph child scopes are collapsed to one item each, and every path that adds to one
// of the scope's coordinates is cut. Then every step along a path makes the key grow:
//   - a path that adds to a coordinate its ends share: there, with all before it unchanged;
//   - any other path, within a scope, into one or out of one: its ends are different items of the
//     innermost scope that holds both, and the rank grows there; what is appended or dropped comes
//     later in the key.
// On one location the key extends the product order of times. So a walk never comes back to a
// location at a time at or before the one it started with, and a worklist that always takes the
// least key meets each (location, time) once.
//
// The condition is slightly stronger than "every cycle advances": a scope that is left and
// re-entered without advancing an outer coordinate is refused even where no real cycle passes
// through it, because collapsed it would be one. Note what it does allow: leaving a loop, the outer
// feedback, and entering again takes (e, o, i) to (e, o+1, 0), which is not >= (e, o, i) in the
// product order; the key grows nevertheless, and no time comes back to one at or before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/progress/location.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

class Topology;

// Threads: value.
class LocationOrder {
 public:
  // Refuses cycles, see Topology::validate(); shapes must fit already. Linear in ports and edges
  // times the depth of nesting.
  static base::Result<LocationOrder> of(const Topology& topology);

  // The key of (a, s) is below that of (b, t). The times must fit their locations.
  bool less(Location a, const Time& s, Location b, const Time& t) const {
    const std::uint32_t* x = &ranks_[a.value() * levels_];
    const std::uint32_t* y = &ranks_[b.value() * levels_];
    const std::uint64_t* u = s.data();
    const std::uint64_t* v = t.data();
    for (std::size_t i = 0;; ++i) {
      if (u[i] != v[i]) {
        return u[i] < v[i];
      }
      if (x[i] != y[i]) {
        return x[i] < y[i];
      }
      // Same item: the same port, or the same child scope, where both have another coordinate.
      if (i + 1 == s.size()) {
        return false;
      }
    }
  }

  std::uint32_t rank(Location location, std::size_t level) const {
    return ranks_[location.value() * levels_ + level];
  }

 private:
  // Depth of the deepest scope.
  std::size_t levels_ = 1;
  // Per location one rank for each of its levels.
  std::vector<std::uint32_t> ranks_;
};

}  // namespace eagre::progress
