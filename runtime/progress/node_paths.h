// What one operator instance knows of the graph: the internal paths of its node and the edges that
// leave it. Enough to judge whether what it sends and holds follows from what it received.
// Source: rules R3 and R14 of docs/progress.md.
#pragma once

#include <vector>

#include "runtime/progress/location.h"
#include "runtime/progress/time.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

// Threads: value. Searches are linear: a node has few paths.
class NodePaths {
 public:
  NodePaths() = default;
  NodePaths(const Topology& topology, NodeId node);

  void add_internal(Location input, Location output, PathSummary summary);
  void add_edge(Location output, Location target, PathSummary summary);

  // Whether an internal path leads from (input, time) to (output, at) or before.
  bool internal_leads(Location input, const Time& time, Location output, const Time& at) const;
  // Whether an edge leads from (output, time) to (target, at) or before.
  bool edge_leads(Location output, const Time& time, Location target, const Time& at) const;

  const std::vector<Path>& internals() const { return internals_; }
  const std::vector<Path>& edges() const { return edges_; }

 private:
  std::vector<Path> internals_;
  std::vector<Path> edges_;
};

}  // namespace eagre::progress
