// The graph that progress is tracked over, as plain data: nested scopes, nodes with ports, edges
// and what each path does to times. One flat graph for the whole dataflow, instances not counted:
// the ports of nested scopes are all in it, edges enter and leave scopes by their summaries.
//
// A scope appends one coordinate to the times of its parent; the root has one (the epoch). A
// summary keeps exactly the coordinates of the scopes that both its ends are in, and may add to
// them. No cycle may bring a time back to one at or before it; the stronger condition that makes
// propagation finite is in location_order.h. validate() refuses everything else.
// Source: Murray et al., "Naiad" (SOSP 2013), section 2; Brun et al. (ITP 2021), section 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/progress/location.h"
#include "runtime/progress/path_summary.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

struct Scope {
  std::string name;
  ScopeId parent;  // its own id for the root
  // Number of coordinates of the times in it.
  std::uint32_t coordinates = 1;
};

struct Node {
  std::string name;
  ScopeId scope;
  std::vector<Location> inputs;
  std::vector<Location> outputs;
};

struct Port {
  NodeId node;
  bool is_input = true;
  // Its place among the node's inputs or outputs.
  std::uint32_t index = 0;
};

// A way for times: from an output to an input (an edge), or within a node from an input to an
// output (an internal path).
struct Path {
  Location from;
  Location to;
  PathSummary summary;
};

// Building never fails (an id that does not exist aborts); validate() judges the whole.
// Threads: value.
class Topology {
 public:
  Topology();

  ScopeId root() const { return ScopeId(0); }
  ScopeId add_scope(ScopeId parent, std::string name);
  NodeId add_node(ScopeId scope, std::string name);
  Location add_input(NodeId node);
  Location add_output(NodeId node);
  // Times that arrive at `input` may lead to times at `output` by `summary`. Without one, they
  // never do. Several between the same ports are alternatives.
  void add_internal(Location input, Location output, PathSummary summary);
  void add_edge(Location output, Location input, PathSummary summary);

  // Refuses, naming the place: summaries whose coordinates do not fit, a node wired to itself,
  // cycles that do not advance time, scopes that are left and re-entered without advancing.
  base::Status validate() const;

  const std::vector<Scope>& scopes() const { return scopes_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<Port>& ports() const { return ports_; }
  const std::vector<Path>& internals() const { return internals_; }
  const std::vector<Path>& edges() const { return edges_; }

  std::size_t locations() const { return ports_.size(); }
  const Scope& scope(ScopeId scope) const { return scopes_[scope.value()]; }
  const Node& node(NodeId node) const { return nodes_[node.value()]; }
  const Port& port(Location location) const { return ports_[location.value()]; }
  ScopeId scope_of(Location location) const { return node(port(location).node).scope; }
  std::size_t coordinates(Location location) const { return scope(scope_of(location)).coordinates; }
  // The innermost scope that holds both.
  ScopeId common_scope(ScopeId a, ScopeId b) const;
  // Refuses what does not exist, with its number: a location, or a time of another scope at it.
  base::Status check(Location location) const;
  base::Status check(Location location, const Time& time) const;
  // "map.in0", "map.out1".
  std::string describe(Location location) const;

 private:
  Location add_port(NodeId node, bool is_input);
  base::Status check_shapes() const;

  std::vector<Scope> scopes_;
  std::vector<Node> nodes_;
  std::vector<Port> ports_;
  std::vector<Path> internals_;
  std::vector<Path> edges_;
};

}  // namespace eagre::progress
