#include "runtime/progress/epoch_clock.h"

#include <algorithm>
#include <utility>

namespace eagre::progress {

EpochClock::EpochClock(Location clock, std::vector<Location> sources, std::uint64_t epoch)
    : clock_(clock), sources_(std::move(sources)), epoch_(epoch) {}

void EpochClock::start(Tracker& tracker) {
  tracker.update(clock_, {*epoch_}, 1);
}

bool EpochClock::follow(Tracker& tracker) {
  if (!epoch_) {
    return false;
  }
  const std::optional<std::uint64_t> latest = latest_source(tracker);
  if (latest && *latest > *epoch_) {
    raise(tracker, *latest);
    return true;
  }
  if (!latest && !held_) {
    tracker.update(clock_, {*epoch_}, -1);
    epoch_.reset();
    return true;
  }
  return false;
}

void EpochClock::raise(Tracker& tracker, std::uint64_t epoch) {
  if (epoch_ && epoch > *epoch_) {
    tracker.update(clock_, {epoch}, 1);
    tracker.update(clock_, {*epoch_}, -1);
    epoch_ = epoch;
  }
}

// The greatest epoch at which a source holds the right to send.
std::optional<std::uint64_t> EpochClock::latest_source(const Tracker& tracker) const {
  std::optional<std::uint64_t> latest;
  for (const Location source : sources_) {
    for (const CountedFrontier::Count& count : tracker.counts(source).counts()) {
      if (count.count > 0) {
        latest = std::max(latest.value_or(0), count.time[0]);
      }
    }
  }
  return latest;
}

}  // namespace eagre::progress
