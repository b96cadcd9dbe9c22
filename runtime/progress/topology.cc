#include "runtime/progress/topology.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/progress/location_order.h"

namespace eagre::progress {

Topology::Topology() {
  scopes_.push_back(Scope{"root", ScopeId(0), 1});
}

ScopeId Topology::add_scope(ScopeId parent, std::string name) {
  EAGRE_CHECK(parent.value() < scopes_.size(), "scope \"{}\": there is no scope {}", name,
              parent.value());
  const std::uint32_t coordinates = scope(parent).coordinates + 1;
  scopes_.push_back(Scope{std::move(name), parent, coordinates});
  return ScopeId(static_cast<std::uint32_t>(scopes_.size() - 1));
}

NodeId Topology::add_node(ScopeId scope, std::string name) {
  EAGRE_CHECK(scope.value() < scopes_.size(), "node \"{}\": there is no scope {}", name,
              scope.value());
  nodes_.push_back(Node{std::move(name), scope, {}, {}});
  return NodeId(static_cast<std::uint32_t>(nodes_.size() - 1));
}

Location Topology::add_port(NodeId node, bool is_input) {
  EAGRE_CHECK(node.value() < nodes_.size(), "there is no node {}", node.value());
  const Location location(static_cast<std::uint32_t>(ports_.size()));
  std::vector<Location>& side =
      is_input ? nodes_[node.value()].inputs : nodes_[node.value()].outputs;
  ports_.push_back(Port{node, is_input, static_cast<std::uint32_t>(side.size())});
  side.push_back(location);
  return location;
}

Location Topology::add_input(NodeId node) {
  return add_port(node, true);
}

Location Topology::add_output(NodeId node) {
  return add_port(node, false);
}

void Topology::add_internal(Location input, Location output, PathSummary summary) {
  EAGRE_CHECK(input.value() < ports_.size() && port(input).is_input, "{} is no input",
              input.value());
  EAGRE_CHECK(output.value() < ports_.size() && !port(output).is_input, "{} is no output",
              output.value());
  EAGRE_CHECK(port(input).node == port(output).node,
              "an internal path leads from {} to {}, of another node", describe(input),
              describe(output));
  internals_.push_back(Path{input, output, std::move(summary)});
}

void Topology::add_edge(Location output, Location input, PathSummary summary) {
  EAGRE_CHECK(output.value() < ports_.size() && !port(output).is_input, "{} is no output",
              output.value());
  EAGRE_CHECK(input.value() < ports_.size() && port(input).is_input, "{} is no input",
              input.value());
  edges_.push_back(Path{output, input, std::move(summary)});
}

ScopeId Topology::common_scope(ScopeId a, ScopeId b) const {
  while (a != b) {
    // The deeper one leaves its scope.
    if (scope(a).coordinates >= scope(b).coordinates) {
      a = scope(a).parent;
    } else {
      b = scope(b).parent;
    }
  }
  return a;
}

base::Status Topology::check(Location location) const {
  if (location.value() < ports_.size()) {
    return {};
  }
  return {base::Code::input, fmt::format("there is no location {}", location.value())};
}

base::Status Topology::check(Location location, const Time& time) const {
  base::Status exists = check(location);
  if (!exists.ok() || time.size() == coordinates(location)) {
    return exists;
  }
  return {base::Code::input,
          fmt::format("time {} does not fit {}, whose times have {} coordinates", to_string(time),
                      describe(location), coordinates(location))};
}

std::string Topology::describe(Location location) const {
  if (location.value() >= ports_.size()) {
    return "location " + std::to_string(location.value());
  }
  const Port& p = port(location);
  return node(p.node).name + (p.is_input ? ".in" : ".out") + std::to_string(p.index);
}

base::Status Topology::check_shapes() const {
  for (const std::vector<Path>* paths : {&internals_, &edges_}) {
    for (const Path& path : *paths) {
      const std::string place = describe(path.from) + " -> " + describe(path.to);
      if (path.summary.inputs() != coordinates(path.from) ||
          path.summary.outputs() != coordinates(path.to)) {
        return {
            base::Code::refused,
            fmt::format("path {} leads from {} to {} coordinates, but its summary {} from {} "
                        "to {}",
                        place, coordinates(path.from), coordinates(path.to),
                        to_string(path.summary), path.summary.inputs(), path.summary.outputs())};
      }
      const Scope& shared = scope(common_scope(scope_of(path.from), scope_of(path.to)));
      if (path.summary.kept() != shared.coordinates) {
        return {base::Code::refused,
                fmt::format("path {} must keep the {} coordinates of scope \"{}\" that both ends "
                            "share, but its summary {} keeps {}",
                            place, shared.coordinates, shared.name, to_string(path.summary),
                            path.summary.kept())};
      }
    }
  }
  for (const Path& edge : edges_) {
    if (port(edge.from).node == port(edge.to).node &&
        std::any_of(internals_.begin(), internals_.end(),
                    [&](const Path& path) { return path.from == edge.to; })) {
      return {base::Code::refused,
              fmt::format("node {} is wired to itself ({} -> {}); put a feedback between",
                          node(port(edge.from).node).name, describe(edge.from), describe(edge.to))};
    }
  }
  return {};
}

base::Status Topology::validate() const {
  base::Status shapes = check_shapes();
  if (!shapes.ok()) {
    return shapes;
  }
  return LocationOrder::of(*this).status();
}

}  // namespace eagre::progress
