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

}  // namespace

base::Result<Layout> lay_out(const Plan& plan, Clock clock) {
  Layout layout;
  std::vector<progress::ScopeId> scopes = {layout.topology.root()};
  for (std::size_t i = 1; i < plan.scopes.size(); ++i) {
    const Scope& scope = plan.scopes[i];
    const progress::ScopeId parent = scopes[scope.parent];
    scopes.push_back(scope.loop ? layout.topology.add_scope(parent, scope.name) : parent);
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
    if (node.paced) {
      layout.topology.add_edge(
          outputs[0], inputs[0],
          progress::PathSummary::identity(plan.scopes[node.scope].coordinates));
    }
    for (const Internal& internal : node.internals) {
      layout.topology.add_internal(inputs[internal.input], outputs[internal.output],
                                   internal.summary);
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
