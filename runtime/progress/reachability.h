// What can reach what: for every pair of locations the minimal path summaries between them.
// Plain and quadratic: for checks, plans and tests. The tracker does not use it.
//
// Law: could_result_in is transitive and reflexive, and without loss: if any walk takes t at a to a
// time at or before u at b, one of the minimal summaries does.
// Source: Murray et al., "Naiad" (SOSP 2013), section 2.3.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/location.h"
#include "runtime/progress/time.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

// Threads: value.
class Reachability {
 public:
  // The topology must be valid.
  explicit Reachability(const Topology& topology);

  // Summaries of all walks from `from` to `to`, the empty walk included; empty: unreachable.
  const SummaryAntichain& summaries(Location from, Location to) const {
    return summaries_[from.value() * locations_ + to.value()];
  }
  // Whether something at (a, t) could lead to something at (b, u): some walk takes t to u or
  // before.
  bool could_result_in(Location a, const Time& t, Location b, const Time& u) const;

 private:
  std::size_t locations_;
  std::vector<SummaryAntichain> summaries_;
};

}  // namespace eagre::progress
