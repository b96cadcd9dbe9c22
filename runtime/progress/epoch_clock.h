// The epoch clock, which checkpoints need: a pointstamp of the tracker's own, before everything
// that sources feed, at the greatest epoch in which any source is known to have been. So no
// frontier is shown beyond that epoch, not even to an operator whose sources have ended, and every
// boundary lies at or after all that any operator was told (docs/checkpoints.md).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/progress/location.h"
#include "runtime/progress/tracker.h"

namespace eagre::progress {

// Threads: value.
class EpochClock {
 public:
  // `clock`: where it stands; `sources`: the outputs of the sources; all times have one coordinate.
  EpochClock(Location clock, std::vector<Location> sources, std::uint64_t epoch);

  // Once, before anything is propagated.
  void start(Tracker& tracker);
  // Follows the sources, as of the last propagate(); when all have ended and it is not held, it
  // gives up its time for good. Returns whether the tracker has something to propagate. Only when
  // every source has registered.
  bool follow(Tracker& tracker);

  // It does not end while held.
  void hold() { held_ = true; }
  void let_go() { held_ = false; }
  // Moves it to `epoch` at least.
  void raise(Tracker& tracker, std::uint64_t epoch);

  // Empty when it has ended.
  std::optional<std::uint64_t> epoch() const { return epoch_; }

 private:
  std::optional<std::uint64_t> latest_source(const Tracker& tracker) const;

  Location clock_;
  std::vector<Location> sources_;
  std::optional<std::uint64_t> epoch_;
  bool held_ = false;
};

}  // namespace eagre::progress
