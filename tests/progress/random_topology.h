// Random dataflow graphs with loops and nested scopes, all of them valid.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/progress/antichain.h"
#include "runtime/progress/topology.h"
#include "tests/progress/choices.h"

namespace eagre::progress {

// A path from `from` to `to`: leaves, adds `by` to one of the shared coordinates, enters.
PathSummary summary_between(const Topology& topology, ScopeId from, ScopeId to,
                            std::size_t coordinate = 0, std::uint64_t by = 0);

// Adds an edge with the plain summary between the scopes of its ends.
void connect(Topology& topology, Location output, Location input);

// source -> outer loop -> inner loop -> back, with feedbacks in both loops and a sink behind.
Topology nested_loops();

// Up to three coordinates and about ten nodes. Often nested_loops() with more wired into it. The
// dull choices give one node.
Topology random_topology(Choices& choices);

// The frontiers of all locations for these counts (strictly positive ones matter), by closure under
// all steps from every pointstamp: the definition, without keys, increments or summaries.
struct Pointstamp {
  Location at;
  Time time;

  friend bool operator==(const Pointstamp&, const Pointstamp&) = default;
  friend bool operator<(const Pointstamp& a, const Pointstamp& b) {
    if (a.at != b.at) {
      return a.at < b.at;
    }
    return LexicographicLess()(a.time, b.time);
  }
};
std::vector<Antichain> closure(const Topology& topology, const std::vector<Pointstamp>& positive);

}  // namespace eagre::progress
