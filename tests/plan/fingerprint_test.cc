// The fingerprint of a plan: every single thing that a plan says is changed, one at a time.
// Catches: two nodes of a cluster that run different dataflows and take them for one.

#include "runtime/plan/fingerprint.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace eagre::plan {
namespace {

using progress::Interest;
using progress::PathSummary;

Plan small_plan() {
  Plan plan;
  plan.scopes.push_back({.name = "loop", .parent = 0, .kind = ScopeKind::loop, .coordinates = 2});
  plan.scopes.push_back(
      {.name = "region", .parent = 1, .kind = ScopeKind::region, .coordinates = 2});
  Node source;
  source.name = "source";
  source.outputs = 1;
  source.polls = true;
  source.stages.push_back({.name = "map", .output = 0, .from = 0, .first = 1, .taps = 1});
  Node sink;
  sink.name = "sink";
  sink.scope = 1;
  sink.inputs = {Interest::always};
  sink.outputs = 1;
  sink.internals.push_back({0, 0, PathSummary::identity(2)});
  plan.nodes = {source, sink};
  plan.edges.push_back({.from = 0,
                        .output = 0,
                        .tap = 1,
                        .to = 1,
                        .input = 0,
                        .pact = data::Pact::gather(),
                        .summary = PathSummary::enter(1)});
  return plan;
}

TEST_CASE("equal plans have equal fingerprints, whoever computes them") {
  CHECK(fingerprint(small_plan()) == fingerprint(small_plan()));
  CHECK(fingerprint(Plan{}) == fingerprint(Plan{}));
  // Part of the protocol between nodes: it may only change with the format of plans.
  CHECK(fingerprint(small_plan()) == 0x9cd513e27590ac9a);
}

TEST_CASE("whatever changes in a plan changes its fingerprint") {
  const std::vector<std::function<void(Plan&)>> changes = {
      [](Plan&) {},
      [](Plan& plan) { plan.scopes[0].name = "other"; },
      [](Plan& plan) { plan.scopes[1].kind = ScopeKind::region; },
      [](Plan& plan) { plan.scopes[2].parent = 0; },
      [](Plan& plan) { plan.scopes[2].coordinates = 1; },
      [](Plan& plan) { plan.scopes.push_back({.name = "more"}); },
      [](Plan& plan) { plan.nodes[0].name = "other"; },
      [](Plan& plan) { plan.nodes[1].scope = 2; },
      [](Plan& plan) { plan.nodes[1].inputs[0] = Interest::never; },
      [](Plan& plan) { plan.nodes[1].inputs[0] = Interest::while_holding; },
      [](Plan& plan) { plan.nodes[1].inputs.push_back(Interest::always); },
      [](Plan& plan) { plan.nodes[1].outputs = 2; },
      [](Plan& plan) { plan.nodes[1].taps = 2; },
      [](Plan& plan) { plan.nodes[1].feedback = true; },
      [](Plan& plan) { plan.nodes[1].polls = true; },
      [](Plan& plan) { plan.nodes[0].polls = false; },
      [](Plan& plan) { plan.nodes[1].epochs_in_order = true; },
      [](Plan& plan) { plan.nodes[1].internals.clear(); },
      [](Plan& plan) { plan.nodes[1].internals[0].input = 1; },
      [](Plan& plan) { plan.nodes[1].internals[0].output = 1; },
      [](Plan& plan) { plan.nodes[1].internals[0].summary = PathSummary::advance(2, 1, 1); },
      [](Plan& plan) { plan.nodes[0].stages.clear(); },
      [](Plan& plan) { plan.nodes[0].stages[0].name = "filter"; },
      [](Plan& plan) { plan.nodes[0].stages[0].output = 1; },
      [](Plan& plan) { plan.nodes[0].stages[0].from = 1; },
      [](Plan& plan) { plan.nodes[0].stages[0].first = 2; },
      [](Plan& plan) { plan.nodes[0].stages[0].taps = 2; },
      [](Plan& plan) { plan.nodes.push_back({}); },
      [](Plan& plan) { plan.edges.clear(); },
      [](Plan& plan) { plan.edges[0].from = 1; },
      [](Plan& plan) { plan.edges[0].output = 1; },
      [](Plan& plan) { plan.edges[0].tap = 0; },
      [](Plan& plan) { plan.edges[0].to = 0; },
      [](Plan& plan) { plan.edges[0].input = 1; },
      [](Plan& plan) { plan.edges[0].pact = data::Pact::broadcast(); },
      [](Plan& plan) { plan.edges[0].summary = PathSummary::identity(1); },
      [](Plan& plan) { plan.edges[0].layout = 1; },
      // The same in print as to enter a scope from the outermost one.
      [](Plan& plan) {
        plan.edges[0].summary = *PathSummary::leave(2).followed_by(PathSummary::enter(1));
      },
  };
  std::map<std::uint64_t, std::size_t> seen;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Plan plan = small_plan();
    changes[i](plan);
    const auto [other, is_new] = seen.emplace(fingerprint(plan), i);
    CAPTURE(i, other->second);
    CHECK(is_new);
  }
}

}  // namespace
}  // namespace eagre::plan
