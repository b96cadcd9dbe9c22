// The epoch clock: no frontier goes beyond the epoch in which a source is known to have been. And a
// frontier that is held at an epoch shows no more than that.
#include "runtime/progress/epoch_clock.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>

#include "runtime/progress/aggregator.h"
#include "tests/progress/line.h"
#include "tests/support/broken_invariant.h"

namespace eagre::progress {
namespace {

// A line whose map is fed by the clock as well.
struct ClockedLine : Line {
  ClockedLine() {
    clock = topology.add_output(topology.add_node(topology.root(), "clock"));
    topology.add_edge(clock, map_in, PathSummary::identity(1));
  }
  Aggregator aggregator(std::uint64_t epoch) const {
    Aggregator made(topology, kNow, instances());
    made.keep_to(EpochClock(clock, {source_out}, epoch));
    made.apply(batch(1, 0, {}));
    made.apply(batch(2, 0, {}));
    return made;
  }
  Location clock;
};

TEST_CASE("frontiers keep to the clock, and the clock to the sources") {
  const ClockedLine line;
  Aggregator aggregator = line.aggregator(0);
  // The source is ahead of the clock from the start: it was restored.
  aggregator.apply(batch(0, 0, {{line.source_out, Time{4}, +1}}));
  REQUIRE(publish(aggregator) == Told{{1, 1, {Time{4}}}, {2, 1, {Time{4}}}});
  REQUIRE(aggregator.clock()->epoch() == 4);
  aggregator.apply(batch(0, 1, {{line.source_out, Time{4}, -1}, {line.source_out, Time{6}, +1}}));
  REQUIRE(publish(aggregator) == Told{{1, 2, {Time{6}}}, {2, 2, {Time{6}}}});
}

TEST_CASE("the clock ends with the sources, unless it is held") {
  const ClockedLine line;
  Aggregator aggregator = line.aggregator(0);
  aggregator.apply(batch(0, 0, {{line.source_out, Time{0}, +1}}));
  publish(aggregator);
  aggregator.clock()->hold();
  aggregator.apply(batch(0, 1, {{line.source_out, Time{0}, -1}}));
  REQUIRE(publish(aggregator).empty());
  REQUIRE_FALSE(aggregator.complete());
  aggregator.raise_clock(3);
  REQUIRE(publish(aggregator) == Told{{1, 2, {Time{3}}}, {2, 2, {Time{3}}}});
  aggregator.raise_clock(2);
  REQUIRE(publish(aggregator).empty());
  aggregator.clock()->let_go();
  REQUIRE(publish(aggregator) == Told{{1, 3, {}}, {2, 3, {}}});
  REQUIRE(aggregator.complete());
  REQUIRE_FALSE(aggregator.clock()->epoch().has_value());
}

FrontierUpdate update(std::uint64_t version, Antichain frontier) {
  return {kNow, version, 0, std::move(frontier)};
}

TEST_CASE("a held frontier shows no later epoch, and everything when it is released") {
  FrontierView view(kNow, 2);
  REQUIRE(view.apply(update(1, {Time{2, 5}, Time{3, 0}})));
  view.hold(4);
  REQUIRE(view.frontier() == Antichain{Time{2, 5}, Time{3, 0}});
  REQUIRE(view.apply(update(2, {Time{3, 1}, Time{9, 0}})));
  REQUIRE(view.frontier() == Antichain{Time{3, 1}, Time{4, 0}});
  REQUIRE(view.apply(update(3, {Time{7, 1}})));
  REQUIRE(view.frontier() == Antichain{Time{4, 1}});
  // What is told goes on; what is shown does not.
  REQUIRE_FALSE(view.apply(update(4, {Time{8, 1}})));
  REQUIRE_FALSE(view.apply(update(5, {})));
  REQUIRE(view.frontier() == Antichain{Time{4, 1}});
  REQUIRE(view.release());
  REQUIRE(view.frontier().empty());
  REQUIRE_FALSE(view.release());
}

TEST_CASE("a frontier that is beyond an epoch already cannot be held there") {
  FrontierView view(kNow, 1);
  REQUIRE(view.apply(update(1, {Time{5}})));
  REQUIRE(eagre::testing::broken_by([&] { view.hold(4); }).find("beyond it already") !=
          std::string::npos);
}

}  // namespace
}  // namespace eagre::progress
