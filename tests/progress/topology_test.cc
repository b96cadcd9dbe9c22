// What a topology accepts and refuses, by example, and the laws of its order and of reachability on
// random graphs (RapidCheck).
// Catches: a cycle without advance that slips through (propagation would not end), a sound nested
// loop that is refused, a refusal that does not name the place, a key that does not grow.

#include "runtime/progress/topology.h"

#include <optional>

#include "runtime/progress/location_order.h"
#include "runtime/progress/reachability.h"
#include "tests/progress/arbitrary_times.h"
#include "tests/progress/random_topology.h"
#include "tests/support/rapidcheck.h"

namespace eagre::progress {
namespace {

using eagre::testing::check;

// One input, one output; times pass as they are.
NodeId pass(Topology& t, ScopeId scope, const std::string& name) {
  const NodeId node = t.add_node(scope, name);
  const Location in = t.add_input(node);
  t.add_internal(in, t.add_output(node), PathSummary::identity(t.scope(scope).coordinates));
  return node;
}
Location in(const Topology& t, NodeId n) {
  return t.node(n).inputs.at(0);
}
Location out(const Topology& t, NodeId n) {
  return t.node(n).outputs.at(0);
}

std::string refusal(const Topology& t) {
  const base::Status status = t.validate();
  REQUIRE(status.code() == base::Code::refused);
  return status.message();
}

TEST_CASE("a cycle that does not advance time is refused and named in order") {
  Topology t;
  const NodeId map = pass(t, t.root(), "map");
  const NodeId filter = pass(t, t.root(), "filter");
  const NodeId sink = pass(t, t.root(), "sink");
  connect(t, out(t, map), in(t, filter));
  connect(t, out(t, filter), in(t, sink));
  REQUIRE(t.validate().ok());
  connect(t, out(t, filter), in(t, map));
  const std::string text = refusal(t);
  REQUIRE((text == "cycle does not advance time: map -> filter -> map; give one of them a feedback "
                   "or delay" ||
           text == "cycle does not advance time: filter -> map -> filter; give one of them a "
                   "feedback or delay"));
}

TEST_CASE("a cycle that advances time is accepted") {
  Topology t;
  const NodeId map = pass(t, t.root(), "map");
  const NodeId delay = t.add_node(t.root(), "delay");
  const Location delay_in = t.add_input(delay);
  const Location delay_out = t.add_output(delay);
  t.add_internal(delay_in, delay_out, PathSummary::advance(1, 0, 1));
  connect(t, out(t, map), delay_in);
  connect(t, delay_out, in(t, map));
  REQUIRE(t.validate().ok());
}

TEST_CASE("a second path that does not advance makes the cycle refused") {
  Topology t;
  const NodeId map = pass(t, t.root(), "map");
  const NodeId delay = t.add_node(t.root(), "delay");
  const Location delay_in = t.add_input(delay);
  const Location delay_out = t.add_output(delay);
  t.add_internal(delay_in, delay_out, PathSummary::advance(1, 0, 1));
  t.add_internal(delay_in, delay_out, PathSummary::identity(1));
  connect(t, out(t, map), delay_in);
  connect(t, delay_out, in(t, map));
  REQUIRE(refusal(t).find("delay") != std::string::npos);
}

TEST_CASE("ports that no internal path joins make no cycle") {
  Topology t;
  const NodeId map = pass(t, t.root(), "map");
  const NodeId split = t.add_node(t.root(), "split");
  connect(t, out(t, map), t.add_input(split));
  connect(t, t.add_output(split), in(t, map));
  REQUIRE(t.validate().ok());
}

TEST_CASE("a node wired to itself is refused") {
  Topology t;
  const NodeId map = pass(t, t.root(), "map");
  t.add_edge(out(t, map), in(t, map), PathSummary::advance(1, 0, 1));
  REQUIRE(refusal(t).find("map is wired to itself") != std::string::npos);
}

TEST_CASE("a node may hear of its own output at an input that leads nowhere") {
  Topology t;
  const NodeId source = t.add_node(t.root(), "source");
  connect(t, t.add_output(source), t.add_input(source));
  REQUIRE(t.validate().ok());
}

TEST_CASE("nested loops are accepted") {
  REQUIRE(nested_loops().validate().ok());
}

TEST_CASE("an inner loop without its feedback is refused although the outer one advances") {
  Topology t;
  const ScopeId outer = t.add_scope(t.root(), "outer");
  const ScopeId inner = t.add_scope(outer, "inner");
  const NodeId a = pass(t, inner, "a");
  const NodeId b = pass(t, inner, "b");
  connect(t, out(t, a), in(t, b));
  // Adds to the round of the inner loop: fine.
  Topology good = t;
  good.add_edge(out(t, b), in(t, a), PathSummary::advance(3, 2, 1));
  REQUIRE(good.validate().ok());
  connect(t, out(t, b), in(t, a));
  REQUIRE(refusal(t).find("cycle does not advance time") == 0);
}

TEST_CASE("a round of an inner loop does not count as advance outside of it") {
  Topology t;
  const ScopeId loop = t.add_scope(t.root(), "loop");
  const NodeId before = pass(t, t.root(), "before");
  const NodeId inside = t.add_node(loop, "inside");
  const Location inside_in = t.add_input(inside);
  const Location inside_out = t.add_output(inside);
  t.add_internal(inside_in, inside_out, PathSummary::advance(2, 1, 1));
  connect(t, out(t, before), inside_in);
  connect(t, inside_out, in(t, before));
  REQUIRE(refusal(t).find("cycle does not advance time") == 0);
}

TEST_CASE("a scope that is left and re-entered without advance is refused and named") {
  Topology t;
  const ScopeId loop = t.add_scope(t.root(), "loop");
  const NodeId first = pass(t, loop, "first");
  const NodeId second = pass(t, loop, "second");
  const NodeId outside = pass(t, t.root(), "outside");
  connect(t, out(t, first), in(t, outside));
  connect(t, out(t, outside), in(t, second));
  const std::string text = refusal(t);
  REQUIRE(text.find("scope \"loop\" is left and entered again without advancing") == 0);
  REQUIRE(text.find("outside") != std::string::npos);
  // With an advance outside on the way it is an outer loop.
  Topology advanced;
  const ScopeId loop2 = advanced.add_scope(advanced.root(), "loop");
  const NodeId first2 = pass(advanced, loop2, "first");
  const NodeId second2 = pass(advanced, loop2, "second");
  const NodeId outside2 = pass(advanced, advanced.root(), "outside");
  connect(advanced, out(advanced, first2), in(advanced, outside2));
  advanced.add_edge(out(advanced, outside2), in(advanced, second2),
                    *PathSummary::advance(1, 0, 1).followed_by(PathSummary::enter(1)));
  REQUIRE(advanced.validate().ok());
}

TEST_CASE("a summary whose coordinates do not fit is refused") {
  Topology t;
  const ScopeId loop = t.add_scope(t.root(), "loop");
  const NodeId a = pass(t, t.root(), "a");
  const NodeId b = pass(t, loop, "b");
  Topology wrong = t;
  wrong.add_edge(out(t, a), in(t, b), PathSummary::identity(1));
  REQUIRE(refusal(wrong).find("a.out0 -> b.in0") != std::string::npos);
  // Right numbers, but the epoch is lost on the way.
  wrong = t;
  wrong.add_edge(out(t, a), in(t, b),
                 *PathSummary::leave(1)
                      .followed_by(PathSummary::enter(0))
                      ->followed_by(PathSummary::enter(1)));
  REQUIRE(refusal(wrong).find("must keep the 1 coordinates of scope \"root\"") !=
          std::string::npos);
}

TEST_CASE("every step along a path makes the key grow") {
  check("location order", 1000, 100, [] {
    Choices choices(*decisions());
    const Topology t = random_topology(choices);
    const LocationOrder order = *LocationOrder::of(t);
    for (const std::vector<Path>* paths : {&t.internals(), &t.edges()}) {
      for (const Path& path : *paths) {
        const Time time = *times(t.coordinates(path.from), 3);
        const std::optional<Time> next = path.summary.apply(time);
        RC_ASSERT(order.less(path.from, time, path.to, *next));
        RC_ASSERT(!order.less(path.to, *next, path.from, time));
        const Time other = *times(t.coordinates(path.from), 3);
        if (less_than(time, other)) {
          RC_ASSERT(order.less(path.from, time, path.from, other));
        }
      }
    }
  });
}

TEST_CASE("reachability agrees with walking every step") {
  check("could_result_in", 1000, 100, [] {
    Choices choices(*decisions());
    const Topology t = random_topology(choices);
    const Reachability reachability(t);
    const Location from(
        *rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(t.locations())));
    const Time time = *times(t.coordinates(from), 3);
    const std::vector<Antichain> reached = closure(t, {{from, time}});
    for (std::uint32_t l = 0; l < t.locations(); ++l) {
      const Location to(l);
      Antichain moved;
      for (const PathSummary& summary : reachability.summaries(from, to)) {
        moved.insert(*summary.apply(time));
      }
      RC_ASSERT(moved == reached[l]);
      const Time probe = *times(t.coordinates(to), 4);
      RC_ASSERT(reachability.could_result_in(from, time, to, probe) ==
                reached[l].less_equal(probe));
    }
  });
}

}  // namespace
}  // namespace eagre::progress
