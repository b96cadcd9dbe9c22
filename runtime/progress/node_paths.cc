#include "runtime/progress/node_paths.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace eagre::progress {

namespace {

bool path_leads(const Path& path, const Time& time, const Time& at) {
  if (time.size() != path.summary.inputs()) {
    return false;
  }
  if (path.summary.is_identity()) {
    return less_equal(time, at);
  }
  const std::optional<Time> moved = path.summary.apply(time);
  return moved && less_equal(*moved, at);
}

bool some_leads(const std::vector<Path>& paths, Location from, const Time& time, Location to,
                const Time& at) {
  return std::any_of(paths.begin(), paths.end(), [&](const Path& path) {
    return path.from == from && path.to == to && path_leads(path, time, at);
  });
}

}  // namespace

NodePaths::NodePaths(const Topology& topology, NodeId node) {
  for (const Path& path : topology.internals()) {
    if (topology.port(path.from).node == node) {
      internals_.push_back(path);
    }
  }
  for (const Path& path : topology.edges()) {
    if (topology.port(path.from).node == node) {
      edges_.push_back(path);
    }
  }
}

void NodePaths::add_internal(Location input, Location output, PathSummary summary) {
  internals_.push_back(Path{input, output, std::move(summary)});
}

void NodePaths::add_edge(Location output, Location target, PathSummary summary) {
  edges_.push_back(Path{output, target, std::move(summary)});
}

bool NodePaths::internal_leads(Location input, const Time& time, Location output,
                               const Time& at) const {
  return some_leads(internals_, input, time, output, at);
}

bool NodePaths::edge_leads(Location output, const Time& time, Location target,
                           const Time& at) const {
  return some_leads(edges_, output, time, target, at);
}

}  // namespace eagre::progress
