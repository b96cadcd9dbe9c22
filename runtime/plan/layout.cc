#include "runtime/plan/layout.h"

#include <fmt/core.h>

#include <utility>

namespace eagre::plan {

namespace {

void add_clock(const Plan& plan, Layout& layout) {
  const progress::NodeId node = layout.topology.add_node(layout.topology.root(), "clock");
  const progress::Location output = layout.topology.add_output(node);
  for (const Edge& edge : plan.edges) {
    if (plan.nodes[edge.from].polls) {
      layout.topology.add_edge(output, layout.inputs[edge.to][edge.input], edge.summary);
    }
  }
  layout.clock = output;
}

// The nodes that records of a node can come to.
std::vector<bool> reached_from(const Plan& plan, NodeIndex first) {
  std::vector<std::vector<NodeIndex>> next(plan.nodes.size());
  for (const Edge& edge : plan.edges) {
    next[edge.from].push_back(edge.to);
  }
  std::vector<bool> reached(plan.nodes.size());
  std::vector<NodeIndex> waiting = {first};
  while (!waiting.empty()) {
    const NodeIndex node = waiting.back();
    waiting.pop_back();
    for (const NodeIndex to : next[node]) {
      if (!reached[to]) {
        reached[to] = true;
        waiting.push_back(to);
      }
    }
  }
  return reached;
}

// Out of all scopes: only the epoch is left.
progress::PathSummary to_epoch(std::uint32_t coordinates) {
  progress::PathSummary summary = progress::PathSummary::identity(coordinates);
  for (std::uint32_t n = coordinates; n > 1; --n) {
    summary = *summary.followed_by(progress::PathSummary::leave(n));
  }
  return summary;
}

// What the frontier of a paced node's input follows.
void add_pace(const Plan& plan, NodeIndex paced, Layout& layout) {
  const progress::Location input = layout.inputs[paced][0];
  const std::uint32_t coordinates = plan.scopes[plan.nodes[paced].scope].coordinates;
  layout.topology.add_edge(layout.outputs[paced][0], input,
                           progress::PathSummary::identity(coordinates));
  if (coordinates != 1) {
    return;
  }
  const std::vector<bool> reached = reached_from(plan, paced);
  for (NodeIndex node = 0; node < plan.nodes.size(); ++node) {
    if (reached[node] && plan.nodes[node].epochs_in_order) {
      const std::uint32_t inner = plan.scopes[plan.nodes[node].scope].coordinates;
      for (const progress::Location output : layout.outputs[node]) {
        layout.topology.add_edge(output, input, to_epoch(inner));
      }
    }
  }
}

}  // namespace

base::Result<Layout> lay_out(const Plan& plan, Clock clock) {
  Layout layout;
  std::vector<progress::ScopeId> scopes = {layout.topology.root()};
  for (std::size_t i = 1; i < plan.scopes.size(); ++i) {
    const Scope& scope = plan.scopes[i];
    const progress::ScopeId parent = scopes[scope.parent];
    scopes.push_back(
        scope.kind == ScopeKind::region ? parent : layout.topology.add_scope(parent, scope.name));
  }
  for (const Node& node : plan.nodes) {
    const progress::NodeId id = layout.topology.add_node(scopes[node.scope], node.name);
    auto& inputs = layout.inputs.emplace_back();
    auto& outputs = layout.outputs.emplace_back();
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      inputs.push_back(layout.topology.add_input(id));
    }
    for (std::uint32_t i = 0; i < node.outputs; ++i) {
      outputs.push_back(layout.topology.add_output(id));
    }
    for (const Internal& internal : node.internals) {
      layout.topology.add_internal(inputs[internal.input], outputs[internal.output],
                                   internal.summary);
    }
  }
  for (NodeIndex node = 0; node < plan.nodes.size(); ++node) {
    if (plan.nodes[node].paced) {
      add_pace(plan, node, layout);
    }
  }
  std::vector<std::vector<bool>> connected;
  for (const Node& node : plan.nodes) {
    connected.emplace_back(node.inputs.size(), node.paced);
  }
  for (const Edge& edge : plan.edges) {
    layout.topology.add_edge(layout.outputs[edge.from][edge.output],
                             layout.inputs[edge.to][edge.input], edge.summary);
    connected[edge.to][edge.input] = true;
  }
  if (clock == Clock::epochs) {
    add_clock(plan, layout);
  }
  for (std::size_t node = 0; node < plan.nodes.size(); ++node) {
    for (std::size_t input = 0; input < connected[node].size(); ++input) {
      if (!connected[node][input]) {
        return base::Status(
            base::Code::usage,
            fmt::format("input {} of operator \"{}\" is not connected{}", input,
                        plan.nodes[node].name,
                        plan.nodes[node].feedback ? ": close the loop with connect()" : ""));
      }
    }
  }
  if (const base::Status status = layout.topology.validate(); !status.ok()) {
    // What is wrong is the program that drew the plan.
    return base::Status(base::Code::usage, status.message());
  }
  return layout;
}

}  // namespace eagre::plan
