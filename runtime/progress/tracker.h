// From counts of pointstamps to frontiers: at rest, the frontier of a location is that of the
// positive counts of all locations (its own included), each moved along every path to it.
//
// Per location there are two counted frontiers: of the counts told by update(), and of the
// implications (what those and the frontiers of its predecessors imply). A change goes on only
// where it moves the frontier; locations at which nobody looks are passed over (shortcuts.h). The
// worklist takes the least key of LocationOrder first; every step along a path makes the key grow,
// so each (location, time) is met at most once and propagation ends, loops included. Source: Murray
// et al., "Naiad" (SOSP 2013), section 2.3; Brun et al. (ITP 2021), section 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/change_batch.h"
#include "runtime/progress/counted_frontier.h"
#include "runtime/progress/location.h"
#include "runtime/progress/location_order.h"
#include "runtime/progress/path_summary.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

class Topology;

// Threads: value. Cost follows the frontiers that move; nothing is allocated at rest.
class Tracker {
 public:
  // The topology must be valid; it is compiled, not kept. Frontiers are computed where somebody
  // looks: at `observed`, or everywhere.
  Tracker(const Topology& topology, std::span<const Location> observed);
  explicit Tracker(const Topology& topology);

  // Adds `diff` to the count of (at, time): with the next propagate(), so that what comes and goes
  // in between costs little. Counts may be negative for a while.
  void update(Location at, const Time& time, std::int64_t diff);
  void propagate();

  // As of the last propagate(). Of an observed location.
  const Antichain& frontier(Location at) const;
  // The counts told for one location, as of the last propagate().
  const CountedFrontier& counts(Location at) const { return ports_[at.value()].counts; }
  // Whether something before `time`, here or elsewhere, implies `time` at `at` too. False for the
  // least pointstamps, those that everything else waits for. Of an observed location.
  bool implied_by_others(Location at, const Time& time) const;
  // All counts are zero, and nothing was told since the last propagate().
  bool empty() const { return nonempty_ == 0 && told_.empty(); }
  // A count went beyond 64 bits, as far as propagate() has come: what is known is worth nothing.
  bool overflowed() const { return overflowed_; }
  std::size_t locations() const { return ports_.size(); }

  // Calls f(Location) once for each location whose frontier was touched since the last drain.
  // f must not call the tracker's update() or propagate().
  template <class F>
  void drain_changed(F&& f) {
    for (std::uint32_t l : changed_) {
      ports_[l].changed = false;
      f(Location(l));
    }
    changed_.clear();
  }

  // Pointstamps met by propagation so far: a measure of work that needs no clock.
  std::uint64_t steps() const { return steps_; }

 private:
  static constexpr std::uint32_t kNotTold = ~std::uint32_t{0};
  struct Port {
    CountedFrontier counts;
    CountedFrontier implied;
    // Its paths: exits_[first_exit, last_exit).
    std::uint32_t first_exit = 0;
    std::uint32_t last_exit = 0;
    std::uint32_t coordinates = 1;
    // Its last place in told_.
    std::uint32_t told = kNotTold;
    // Its implied frontier is computed; otherwise what is told for it goes on at once.
    bool kept = false;
    bool changed = false;
  };
  struct Exit {
    Location to;
    bool identity;
    PathSummary summary;
  };
  struct Work {
    Time time;
    Location at;
    std::int64_t diff;
  };

  void add(const Change& change);
  void push(Location at, const Time& time, std::int64_t diff);
  void pass_on(const Port& from, std::span<const CountedFrontier::Move> moves);
  bool before(const Work& a, Location at, const Time& time) const {
    return order_.less(a.at, a.time, at, time);
  }

  LocationOrder order_;
  std::vector<Port> ports_;
  std::vector<Exit> exits_;
  // Told since the last propagate(); what follows each other at one location and time is one.
  std::vector<Change> told_;
  // Work to do, and the same as indices in descending order of keys, which are distinct. What a
  // step adds lies near the least key, so places are looked for from the end.
  std::vector<Work> work_;
  std::vector<std::uint32_t> spare_;
  std::vector<std::uint32_t> queue_;
  std::vector<std::uint32_t> changed_;
  bool overflowed_ = false;
  std::size_t nonempty_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace eagre::progress
