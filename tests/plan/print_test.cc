// Plans as text: golden, names that need quoting; plans that cannot be laid out.
#include "runtime/plan/print.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "runtime/plan/layout.h"

namespace eagre::plan {
namespace {

using progress::Interest;
using progress::PathSummary;

// source "a" -> loop "b\"c" {feedback} -> sink: an edge into a loop, around it and out of it.
Plan loop_plan() {
  Plan plan;
  plan.scopes.push_back({.name = "rounds", .parent = 0, .kind = ScopeKind::loop, .coordinates = 2});
  plan.scopes.push_back(
      {.name = "in\nside", .parent = 1, .kind = ScopeKind::region, .coordinates = 2});
  const auto node = [&](std::string name, ScopeIndex scope, std::size_t inputs) {
    Node made;
    made.name = std::move(name);
    made.scope = scope;
    made.inputs.assign(inputs, Interest::never);
    made.outputs = 1;
    for (std::uint32_t input = 0; input < inputs; ++input) {
      made.internals.push_back({input, 0, PathSummary::identity(plan.scopes[scope].coordinates)});
    }
    plan.nodes.push_back(std::move(made));
  };
  node("a", 0, 0);
  node("say \"b\" \\ [c]", 2, 2);
  node("back", 1, 1);
  node("end", 0, 1);
  plan.nodes[2].feedback = true;
  plan.nodes[2].internals[0].summary = PathSummary::advance(2, 1, 1);
  const auto edge = [&](NodeIndex from, NodeIndex to, std::uint32_t input, data::Pact pact,
                        PathSummary summary) {
    plan.edges.push_back({.from = from,
                          .output = 0,
                          .to = to,
                          .input = input,
                          .pact = std::move(pact),
                          .summary = std::move(summary)});
  };
  edge(0, 1, 0, data::Pact::broadcast(), PathSummary::enter(1));
  edge(2, 1, 1, data::Pact::pipeline(), PathSummary::identity(2));
  edge(1, 2, 0, data::Pact::gather(), PathSummary::identity(2));
  edge(1, 3, 0, data::Pact::gather(), PathSummary::leave(2));
  return plan;
}

TEST_CASE("a plan as a Graphviz graph") {
  REQUIRE(to_dot(loop_plan()) == R"(digraph dataflow {
  rankdir=LR;
  node [shape=box];
  n0 [label="a"];
  n3 [label="end"];
  subgraph cluster_1 {
    label="rounds";
    n2 [label="back"];
    subgraph cluster_2 {
      label="in side";
      n1 [label="say \"b\" \\ [c]"];
    }
  }
  n0 -> n1 [label="broadcast"];
  n2 -> n1 [label="pipeline"];
  n1 -> n2 [label="gather", style=dashed, constraint=false];
  n1 -> n3 [label="gather"];
}
)");
}

TEST_CASE("a plan as a Mermaid flowchart") {
  REQUIRE(to_mermaid(loop_plan()) == R"(flowchart LR
  n0["a"]
  n3["end"]
  subgraph s1["rounds"]
    n2["back"]
    subgraph s2["in side"]
      n1["say #quot;b#quot; \ [c]"]
    end
  end
  n0 -->|broadcast| n1
  n2 -->|pipeline| n1
  n1 -.->|gather| n2
  n1 -->|gather| n3
)");
}

TEST_CASE("a plan as JSON, whatever the names are made of") {
  Plan plan = loop_plan();
  plan.nodes[3].name = "\xff\"\n";
  const std::string json = to_json(plan);
  for (const std::string part :
       {R"("name": "say \"b\" \\ [c]")", R"("name": "in\nside")", R"("kind": "loop")",
        R"("pact": "broadcast")", R"x("time": "(t0, 0)")x", R"("feedback": true)",
        "\"name\": \"\xef\xbf\xbd\\\"\\n\""}) {
    CAPTURE(part, json);
    REQUIRE(json.find(part) != std::string::npos);
  }
}

TEST_CASE("a plan says what cannot be restored") {
  Plan plan = loop_plan();
  plan.nodes[0].recovers = true;
  plan.nodes[3].recovers = false;
  const std::string json = to_json(plan);
  CHECK(json.find("\"recovers\": true") < json.find("say"));
  CHECK(json.find("\"recovers\": false") > json.find("\"end\""));
  CHECK(to_dot(plan).find("n0 [label=\"a\"];") != std::string::npos);
  CHECK(to_dot(plan).find("n3 [label=\"end (not recoverable)\"];") != std::string::npos);
  CHECK(to_mermaid(plan).find("n3[\"end (not recoverable)\"]") != std::string::npos);
}

TEST_CASE("an empty plan prints, and is laid out") {
  REQUIRE(to_dot({}) == "digraph dataflow {\n  rankdir=LR;\n  node [shape=box];\n}\n");
  REQUIRE(to_mermaid({}) == "flowchart LR\n");
  REQUIRE(lay_out({}).ok());
}

TEST_CASE("a layout gives every port a location of its own, with its scope's times") {
  const base::Result<Layout> layout = lay_out(loop_plan());
  REQUIRE(layout.ok());
  REQUIRE(layout->topology.locations() == 8);
  REQUIRE(layout->topology.coordinates(layout->outputs[0][0]) == 1);
  REQUIRE(layout->topology.coordinates(layout->inputs[1][1]) == 2);
  REQUIRE(layout->topology.describe(layout->inputs[2][0]) == "back.in0");
}

TEST_CASE("what cannot be laid out is refused with the reason") {
  Plan open = loop_plan();
  open.edges.pop_back();
  REQUIRE(lay_out(open).status().to_string() ==
          "usage: input 0 of operator \"end\" is not connected");
  open = loop_plan();
  open.edges.erase(open.edges.begin() + 2);
  REQUIRE(lay_out(open).status().message() ==
          "input 0 of operator \"back\" is not connected: close the loop with connect()");
  Plan still = loop_plan();
  still.nodes[2].internals[0].summary = PathSummary::identity(2);
  const base::Status status = lay_out(still).status();
  REQUIRE(status.code() == base::Code::usage);
  REQUIRE(status.message().find("say \"b\" \\ [c] -> back") != std::string::npos);
}

}  // namespace
}  // namespace eagre::plan
