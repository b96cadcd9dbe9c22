// Paths between the locations whose frontiers somebody looks at. What nobody looks at need not be
// computed: a location between two others is passed over by one path with the composed summary.
//
// Law: at every kept location, the frontier implied through the shortcuts is that implied through
// all paths. It holds because a location that is passed over only hands on what it is told.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/progress/location.h"
#include "runtime/progress/location_order.h"
#include "runtime/progress/path_summary.h"

namespace eagre::progress {

class Topology;

// Threads: value.
class Shortcuts {
 public:
  struct Exit {
    Location to;
    PathSummary summary;
  };

  // Keeps `observed`, one location of every cycle that has none of these, and what it would cost
  // more to pass over. The topology must be valid, and `order` its order.
  Shortcuts(const Topology& topology, const LocationOrder& order,
            std::span<const Location> observed);

  bool kept(Location location) const { return kept_[location.value()]; }
  // From any location to kept ones.
  const std::vector<Exit>& exits(Location location) const { return exits_[location.value()]; }

 private:
  std::vector<bool> kept_;
  std::vector<std::vector<Exit>> exits_;
};

}  // namespace eagre::progress
