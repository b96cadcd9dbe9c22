// The progress actor's value by example: the start barrier, generations, sequence numbers, who is
// told what, what it says when all is blocked; and that idle operators cost nothing, by counted
// work.
// Catches: frontiers before all have registered, progress heard twice or in the wrong order, ports
// that are told without having asked or not told when they ask, cost that grows with idle
// operators.

#include "runtime/progress/aggregator.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/progress/line.h"
#include "tests/support/broken_invariant.h"

namespace eagre::progress {
namespace {

using eagre::testing::broken_by;

TEST_CASE("no frontier is shown before every instance has registered") {
  const Line line;
  Aggregator aggregator(line.topology, kNow, line.instances());
  aggregator.apply(batch(1, 0, {}));
  aggregator.apply(batch(2, 0, {}));
  REQUIRE(publish(aggregator).empty());
  REQUIRE_FALSE(aggregator.started());
  REQUIRE_FALSE(aggregator.complete());
  REQUIRE(aggregator.describe_blocked() == "instance 0 (source) has not registered");
  aggregator.apply(batch(0, 0, {{line.source_out, Time{0}, +1}}));
  REQUIRE(aggregator.started());
  REQUIRE(publish(aggregator) == Told{{1, 1, {Time{0}}}, {2, 1, {Time{0}}}});
  REQUIRE(publish(aggregator).empty());
}

TEST_CASE("frontiers follow what is held and in flight until all is complete") {
  const Line line;
  Aggregator aggregator(line.topology, kNow, line.instances());
  aggregator.apply(batch(0, 0, {{line.source_out, Time{0}, +1}}));
  aggregator.apply(batch(1, 0, {}));
  aggregator.apply(batch(2, 0, {}));
  publish(aggregator);
  aggregator.apply(batch(0, 1,
                         {{line.source_out, Time{0}, -1},
                          {line.source_out, Time{3}, +1},
                          {line.map_in, Time{0}, +10}}));
  REQUIRE(publish(aggregator).empty());
  REQUIRE(aggregator.describe_blocked() ==
          "map.in0 at (0): 10 in flight; source.out0 at (3): 1 held");
  // The sink hears of its records before the map tells of having sent them.
  aggregator.apply(batch(2, 1, {{line.sink_in, Time{0}, -10}}));
  REQUIRE(publish(aggregator).empty());
  aggregator.apply(batch(1, 1, {{line.map_in, Time{0}, -10}, {line.sink_in, Time{0}, +10}}));
  REQUIRE(publish(aggregator) == Told{{1, 2, {Time{3}}}, {2, 2, {Time{3}}}});
  REQUIRE(aggregator.describe_blocked() == "source.out0 at (3): 1 held");
  aggregator.apply(batch(0, 2, {{line.source_out, Time{3}, -1}}));
  REQUIRE(publish(aggregator) == Told{{1, 3, {}}, {2, 3, {}}});
  REQUIRE(aggregator.complete());
  REQUIRE(aggregator.describe_blocked() == "nothing is held or in flight");
}

TEST_CASE("progress of an older generation is dropped and counted") {
  const Line line;
  Aggregator aggregator(line.topology, kNow, line.instances());
  ProgressBatch old = batch(0, 17, {{line.source_out, Time{0}, +1}});
  old.generation = Generation(4);
  aggregator.apply(old);
  REQUIRE(aggregator.stale() == 1);
  old.generation = Generation(6);
  REQUIRE(broken_by([&] { aggregator.apply(old); }).find("is in generation 6") !=
          std::string::npos);
}

TEST_CASE("a gap, a repetition and a stranger break an invariant") {
  const Line line;
  const auto apply = [&](const ProgressBatch& second) {
    Aggregator aggregator(line.topology, kNow, line.instances());
    aggregator.apply(batch(0, 0, {}));
    return broken_by([&] { aggregator.apply(second); });
  };
  REQUIRE(apply(batch(0, 2, {})).find("one before it is lost or late") != std::string::npos);
  REQUIRE(apply(batch(0, 0, {})).find("it was heard before") != std::string::npos);
  REQUIRE(apply(batch(3, 0, {})).find("whom nobody knows") != std::string::npos);
  REQUIRE(apply(batch(0, 1, {{Location(99), Time{0}, 1}})).find("no location 99") !=
          std::string::npos);
  REQUIRE(apply(batch(0, 1, {})).empty());
}

TEST_CASE("a pointstamp behind the frontier breaks an invariant") {
  const Line line;
  Aggregator aggregator(line.topology, kNow, line.instances());
  aggregator.apply(batch(0, 0, {{line.source_out, Time{3}, +1}}));
  aggregator.apply(batch(1, 0, {}));
  aggregator.apply(batch(2, 0, {}));
  publish(aggregator);
  aggregator.apply(batch(1, 1, {{line.map_out, Time{2}, +1}}));
  REQUIRE(broken_by([&] { publish(aggregator); }).find("would move back from {(3)} to {(2)}") !=
          std::string::npos);
}

TEST_CASE("who asks while holding is told when it begins to hold, and of the latest only") {
  const Line line;
  Aggregator aggregator(line.topology, kNow, line.instances(Interest::while_holding));
  aggregator.apply(batch(0, 0, {{line.source_out, Time{0}, +1}}));
  aggregator.apply(batch(1, 0, {}));
  aggregator.apply(batch(2, 0, {}));
  REQUIRE(publish(aggregator) == Told{{2, 1, {Time{0}}}});
  for (std::uint64_t epoch = 0; epoch < 5; ++epoch) {
    aggregator.apply(
        batch(0, epoch + 1,
              {{line.source_out, Time{epoch}, -1}, {line.source_out, Time{epoch + 1}, +1}}));
    REQUIRE(publish(aggregator) == Told{{2, epoch + 2, {Time{epoch + 1}}}});
  }
  aggregator.apply(batch(1, 1, {{line.map_out, Time{5}, +1}}));
  REQUIRE(publish(aggregator) == Told{{1, 6, {Time{5}}}});
  aggregator.apply(batch(0, 6, {{line.source_out, Time{5}, -1}, {line.source_out, Time{6}, +1}}));
  REQUIRE(publish(aggregator) == Told{{1, 7, {Time{6}}}});
  aggregator.apply(batch(1, 2, {{line.map_out, Time{5}, -1}}));
  REQUIRE(publish(aggregator) == Told{{2, 7, {Time{6}}}});
  aggregator.apply(batch(0, 7, {{line.source_out, Time{6}, -1}, {line.source_out, Time{7}, +1}}));
  REQUIRE(publish(aggregator) == Told{{2, 8, {Time{7}}}});
}

TEST_CASE("a port that nothing reaches is told that nothing will come") {
  Topology topology;
  const NodeId alone = topology.add_node(topology.root(), "alone");
  const Location in = topology.add_input(alone);
  Aggregator aggregator(topology, kNow, {{ReporterId(0), {{in, Interest::always}}, {}}});
  aggregator.apply(batch(0, 0, {}));
  REQUIRE(publish(aggregator) == Told{{0, 1, {}}});
  REQUIRE(aggregator.complete());
}

// One ticking pipeline beside `idle` operators, which are connected to it or not.
struct Tick {
  std::uint64_t steps;
  std::uint64_t told;
};
Tick tick_beside(std::size_t idle, bool connected, Interest interest) {
  Line line;
  std::vector<Instance> instances = line.instances();
  for (std::size_t i = 0; i < idle; ++i) {
    const NodeId node = line.topology.add_node(line.topology.root(), "idle");
    const Location in = line.topology.add_input(node);
    if (connected) {
      line.topology.add_edge(line.source_out, in, PathSummary::identity(1));
    }
    instances.push_back(
        {ReporterId(static_cast<std::uint32_t>(instances.size())), {{in, interest}}, {}});
  }
  Aggregator aggregator(line.topology, kNow, instances);
  for (const Instance& instance : instances) {
    aggregator.apply(batch(instance.id.value(), 0,
                           instance.id.value() == 0
                               ? std::vector<Change>{{line.source_out, Time{0}, +1}}
                               : std::vector<Change>{}));
  }
  publish(aggregator);
  const Tick before{aggregator.steps(), aggregator.told()};
  aggregator.apply(batch(0, 1, {{line.source_out, Time{0}, -1}, {line.source_out, Time{1}, +1}}));
  publish(aggregator);
  return {aggregator.steps() - before.steps, aggregator.told() - before.told};
}

TEST_CASE("ten thousand idle operators are not told of a tick") {
  const Tick alone = tick_beside(0, false, Interest::never);
  REQUIRE(alone.told == 2);
  const Tick beside = tick_beside(10000, false, Interest::always);
  REQUIRE(beside.steps == alone.steps);
  REQUIRE(beside.told == alone.told);
  REQUIRE(tick_beside(10000, true, Interest::never).told == alone.told);
  REQUIRE(tick_beside(10000, true, Interest::while_holding).told == alone.told);
  REQUIRE(tick_beside(100, true, Interest::always).told == alone.told + 100);
}

}  // namespace
}  // namespace eagre::progress
