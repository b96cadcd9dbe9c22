#include "tests/progress/random_topology.h"

#include <deque>
#include <optional>
#include <string>

namespace eagre::progress {

PathSummary summary_between(const Topology& topology, ScopeId from, ScopeId to,
                            std::size_t coordinate, std::uint64_t by) {
  const std::size_t shared = topology.scope(topology.common_scope(from, to)).coordinates;
  std::size_t n = topology.scope(from).coordinates;
  PathSummary summary = PathSummary::identity(n);
  for (; n > shared; --n) {
    summary = *summary.followed_by(PathSummary::leave(n));
  }
  if (by > 0) {
    summary = *summary.followed_by(PathSummary::advance(n, coordinate % n, by));
  }
  for (; n < topology.scope(to).coordinates; ++n) {
    summary = *summary.followed_by(PathSummary::enter(n));
  }
  return summary;
}

void connect(Topology& topology, Location output, Location input) {
  topology.add_edge(output, input,
                    summary_between(topology, topology.scope_of(output), topology.scope_of(input)));
}

namespace {

// A node whose times pass from every input to every output, moved by `by` in the last coordinate.
NodeId pass(Topology& topology, ScopeId scope, std::string name, std::size_t inputs,
            std::size_t outputs, std::uint64_t by = 0) {
  const NodeId node = topology.add_node(scope, std::move(name));
  const std::size_t n = topology.scope(scope).coordinates;
  for (std::size_t i = 0; i < inputs; ++i) {
    topology.add_input(node);
  }
  for (std::size_t o = 0; o < outputs; ++o) {
    const Location output = topology.add_output(node);
    for (std::size_t i = 0; i < inputs; ++i) {
      topology.add_internal(
          topology.node(node).inputs[i], output,
          by == 0 ? PathSummary::identity(n) : PathSummary::advance(n, n - 1, by));
    }
  }
  return node;
}

Location in(const Topology& topology, NodeId node, std::size_t i) {
  return topology.node(node).inputs[i];
}
Location out(const Topology& topology, NodeId node, std::size_t i) {
  return topology.node(node).outputs[i];
}

}  // namespace

Topology nested_loops() {
  Topology t;
  const ScopeId outer = t.add_scope(t.root(), "outer");
  const ScopeId inner = t.add_scope(outer, "inner");
  const NodeId source = pass(t, t.root(), "source", 0, 1);
  const NodeId outer_merge = pass(t, outer, "outer_merge", 2, 1);
  const NodeId inner_merge = pass(t, inner, "inner_merge", 2, 1);
  const NodeId inner_body = pass(t, inner, "inner_body", 1, 2);
  const NodeId inner_feedback = pass(t, inner, "inner_feedback", 1, 1, 1);
  const NodeId outer_body = pass(t, outer, "outer_body", 1, 2);
  const NodeId outer_feedback = pass(t, outer, "outer_feedback", 1, 1, 1);
  const NodeId sink = pass(t, t.root(), "sink", 1, 0);
  connect(t, out(t, source, 0), in(t, outer_merge, 0));
  connect(t, out(t, outer_merge, 0), in(t, inner_merge, 0));
  connect(t, out(t, inner_merge, 0), in(t, inner_body, 0));
  connect(t, out(t, inner_body, 0), in(t, inner_feedback, 0));
  connect(t, out(t, inner_feedback, 0), in(t, inner_merge, 1));
  connect(t, out(t, inner_body, 1), in(t, outer_body, 0));
  connect(t, out(t, outer_body, 0), in(t, outer_feedback, 0));
  connect(t, out(t, outer_feedback, 0), in(t, outer_merge, 1));
  connect(t, out(t, outer_body, 1), in(t, sink, 0));
  return t;
}

Topology random_topology(Choices& choices) {
  Topology t = choices.one_in(2) ? nested_loops() : Topology();
  const std::size_t more_scopes = choices.below(3);
  for (std::size_t s = 0; s < more_scopes; ++s) {
    const ScopeId parent(static_cast<std::uint32_t>(choices.below(t.scopes().size())));
    if (t.scope(parent).coordinates < 3) {
      t.add_scope(parent, "scope" + std::to_string(s));
    }
  }
  const std::size_t more_nodes = 1 + choices.below(6);
  for (std::size_t i = 0; i < more_nodes; ++i) {
    const ScopeId scope(static_cast<std::uint32_t>(choices.below(t.scopes().size())));
    const NodeId node = t.add_node(scope, "n" + std::to_string(i));
    const std::size_t n = t.scope(scope).coordinates;
    const std::size_t inputs = choices.below(3);
    for (std::size_t j = 0; j < inputs; ++j) {
      t.add_input(node);
    }
    const std::size_t outputs = inputs == 0 ? 1 : choices.below(3);
    for (std::size_t o = 0; o < outputs; ++o) {
      const Location output = t.add_output(node);
      for (std::size_t j = 0; j < inputs; ++j) {
        const Location input = t.node(node).inputs[j];
        switch (choices.below(5)) {
          case 0:
          case 1:
            t.add_internal(input, output, PathSummary::identity(n));
            break;
          case 2:
            t.add_internal(input, output, PathSummary::advance(n, n - 1, 1));
            break;
          case 3:
            t.add_internal(input, output, PathSummary::advance(n, choices.below(n), 2));
            t.add_internal(input, output, PathSummary::advance(n, choices.below(n), 1));
            break;
          default:
            break;
        }
      }
    }
  }
  std::vector<Location> outputs;
  std::vector<Location> inputs;
  for (std::uint32_t l = 0; l < t.locations(); ++l) {
    (t.port(Location(l)).is_input ? inputs : outputs).push_back(Location(l));
  }
  const std::size_t edges = inputs.empty() || outputs.empty() ? 0 : choices.below(16);
  for (std::size_t e = 0; e < edges; ++e) {
    const Location from = choices.of(outputs);
    const Location to = choices.of(inputs);
    const std::uint64_t by = choices.one_in(3) ? 1 + choices.below(2) : 0;
    Topology wired = t;
    wired.add_edge(from, to,
                   summary_between(t, t.scope_of(from), t.scope_of(to), choices.below(3), by));
    if (wired.validate().ok()) {
      t = std::move(wired);
    }
  }
  return t;
}

std::vector<Antichain> closure(const Topology& topology, const std::vector<Pointstamp>& positive) {
  std::vector<Antichain> frontiers(topology.locations());
  std::deque<Pointstamp> work;
  const auto reach = [&](const Pointstamp& p) {
    // What is at or after something already there leads nowhere new: every step is monotone.
    if (frontiers[p.at.value()].insert(p.time)) {
      work.push_back(p);
    }
  };
  for (const Pointstamp& p : positive) {
    reach(p);
  }
  for (; !work.empty(); work.pop_front()) {
    const Pointstamp p = work.front();
    for (const std::vector<Path>* paths : {&topology.internals(), &topology.edges()}) {
      for (const Path& path : *paths) {
        if (path.from != p.at) {
          continue;
        }
        if (const std::optional<Time> time = path.summary.apply(p.time)) {
          reach({path.to, *time});
        }
      }
    }
  }
  return frontiers;
}

}  // namespace eagre::progress
