// The tracker against brute force over all paths, on random graphs with loops, nested scopes and
// one to three coordinates (RapidCheck); its cost by counted work, with no clock. Catches:
// frontiers that depend on the order of updates, that lose or invent a time, changes that are not
// told, propagation that does not end, and build or drain that is worse than linear.

#include "runtime/progress/tracker.h"

#include <algorithm>
#include <ctime>
#include <limits>
#include <map>
#include <vector>

#include "tests/progress/random_topology.h"
#include "tests/support/broken_invariant.h"
#include "tests/support/rapidcheck.h"

namespace eagre::progress {
namespace {

using eagre::testing::broken_by;
using eagre::testing::check;
using Counts = std::map<Pointstamp, std::int64_t>;

std::vector<Antichain> brute_force(const Topology& t, const Counts& counts) {
  std::vector<Pointstamp> positive;
  for (const auto& [p, count] : counts) {
    if (count > 0) {
      positive.push_back(p);
    }
  }
  return closure(t, positive);
}

Pointstamp random_pointstamp(const Topology& t, Choices& choices) {
  const Location at(static_cast<std::uint32_t>(choices.below(t.locations())));
  Time time = Time::minimum(t.coordinates(at));
  for (std::size_t i = 0; i < time.size(); ++i) {
    time = time.with(i, choices.below(4));
  }
  return {at, time};
}

std::vector<Antichain> frontiers(const Tracker& tracker) {
  std::vector<Antichain> all;
  for (std::uint32_t l = 0; l < tracker.locations(); ++l) {
    all.push_back(tracker.frontier(Location(l)));
  }
  return all;
}

TEST_CASE("frontiers are those of all counts along all paths") {
  check("the tracker against brute force", 500, 250, [] {
    Choices graph(*decisions());
    Choices choices(*decisions());
    const Topology t = random_topology(graph);
    if (t.locations() == 0) {
      return;
    }
    Tracker tracker(t);
    Counts counts;
    std::vector<Antichain> last = frontiers(tracker);
    const auto at_rest = [&] {
      tracker.propagate();
      const std::vector<Antichain> now = frontiers(tracker);
      RC_ASSERT(now == brute_force(t, counts));
      std::vector<bool> told(now.size(), false);
      tracker.drain_changed([&](Location l) {
        RC_ASSERT(!told[l.value()]);
        told[l.value()] = true;
      });
      for (std::size_t l = 0; l < now.size(); ++l) {
        RC_ASSERT(told[l] || now[l] == last[l]);
      }
      last = now;
      const bool all_zero = std::all_of(counts.begin(), counts.end(),
                                        [](const auto& count) { return count.second == 0; });
      RC_ASSERT(tracker.empty() == all_zero);
      // The least pointstamps: positive, and implied by nothing else that is positive.
      for (const auto& [p, count] : counts) {
        if (count <= 0) {
          continue;
        }
        Counts others = counts;
        others.erase(p);
        const bool implied = brute_force(t, others)[p.at.value()].less_equal(p.time);
        RC_ASSERT(tracker.implied_by_others(p.at, p.time) == implied);
      }
    };
    while (!choices.done()) {
      const Pointstamp p = random_pointstamp(t, choices);
      const std::int64_t diff = static_cast<std::int64_t>(choices.below(5)) - 2;
      tracker.update(p.at, p.time, diff);
      counts[p] += diff;
      if (choices.one_in(6)) {
        at_rest();
      }
    }
    at_rest();
    for (auto& [p, count] : counts) {
      tracker.update(p.at, p.time, -count);
      count = 0;
    }
    at_rest();
    RC_ASSERT(tracker.empty());
    for (const Antichain& frontier : last) {
      RC_ASSERT(frontier.empty());
    }
  });
}

TEST_CASE("the order of updates and the moments of rest do not matter") {
  check("shuffled", 300, 200, [] {
    Choices graph(*decisions());
    const Topology t = random_topology(graph);
    if (t.locations() == 0) {
      return;
    }
    Choices choices(*decisions());
    std::vector<std::pair<Pointstamp, std::int64_t>> updates;
    while (!choices.done()) {
      updates.emplace_back(random_pointstamp(t, choices),
                           static_cast<std::int64_t>(choices.below(5)) - 2);
    }
    Tracker at_once(t);
    for (const auto& [p, diff] : updates) {
      at_once.update(p.at, p.time, diff);
    }
    at_once.propagate();
    base::Random random(*rc::gen::arbitrary<std::uint32_t>());
    for (std::size_t i = updates.size(); i > 1; --i) {
      std::swap(updates[i - 1], updates[random.below(i)]);
    }
    Tracker shuffled(t);
    for (const auto& [p, diff] : updates) {
      shuffled.update(p.at, p.time, diff);
      if (random.below(3) == 0) {
        shuffled.propagate();
      }
    }
    shuffled.propagate();
    RC_ASSERT(frontiers(shuffled) == frontiers(at_once));
  });
}

TEST_CASE("where nobody looks, nothing is computed, and the rest stays right") {
  check("a tracker that looks at some locations against one that looks at all", 500, 250, [] {
    Choices graph(*decisions());
    const Topology t = random_topology(graph);
    if (t.locations() == 0) {
      return;
    }
    Choices choices(*decisions());
    std::vector<Location> observed;
    for (std::uint32_t l = 0; l < t.locations(); ++l) {
      if (choices.below(3) == 0) {
        observed.emplace_back(l);
      }
    }
    Tracker all(t);
    Tracker some(t, observed);
    while (!choices.done()) {
      const Pointstamp p = random_pointstamp(t, choices);
      const auto diff = static_cast<std::int64_t>(choices.below(5)) - 2;
      all.update(p.at, p.time, diff);
      some.update(p.at, p.time, diff);
      if (choices.below(3) == 0) {
        continue;
      }
      all.propagate();
      some.propagate();
      for (const Location l : observed) {
        RC_ASSERT(some.frontier(l) == all.frontier(l));
      }
      RC_ASSERT(some.empty() == all.empty());
    }
  });
}

TEST_CASE("a capability outside of nested loops holds every round of theirs back") {
  const Topology t = nested_loops();
  Tracker tracker(t);
  const Location source = t.node(NodeId(0)).outputs[0];
  const Location inner_body = t.node(NodeId(3)).inputs[0];
  const Location sink = t.node(NodeId(7)).inputs[0];
  tracker.update(source, Time{5}, +1);
  tracker.propagate();
  REQUIRE(tracker.frontier(inner_body) == Antichain{Time{5, 0, 0}});
  REQUIRE(tracker.frontier(sink) == Antichain{Time{5}});
  // A message in the inner loop, seven rounds on: the next outer round starts with inner round 0.
  tracker.update(inner_body, Time{5, 0, 7}, +3);
  tracker.update(source, Time{5}, -1);
  tracker.propagate();
  REQUIRE(tracker.frontier(inner_body) == Antichain{Time{5, 0, 7}, Time{5, 1, 0}});
  REQUIRE(tracker.frontier(sink) == Antichain{Time{5}});
  tracker.update(inner_body, Time{5, 0, 7}, -3);
  tracker.propagate();
  REQUIRE(tracker.empty());
  REQUIRE(tracker.frontier(inner_body).empty());
  REQUIRE(tracker.frontier(sink).empty());
}

TEST_CASE("a time at the end of its range goes round no more") {
  const Topology t = nested_loops();
  Tracker tracker(t);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const Location inner_body = t.node(NodeId(3)).inputs[0];
  tracker.update(inner_body, Time{most, most, most}, +1);
  tracker.propagate();
  REQUIRE(tracker.frontier(inner_body) == Antichain{Time{most, most, most}});
  tracker.update(inner_body, Time{most, most, most}, -1);
  tracker.propagate();
  REQUIRE(tracker.empty());
}

TEST_CASE("a time that does not fit its location breaks an invariant") {
  const Topology t = nested_loops();
  Tracker tracker(t);
  REQUIRE(broken_by([&] {
            tracker.update(Location(0), Time{1, 2}, 1);
          }).find("does not fit") != std::string::npos);
  REQUIRE(broken_by([&] { tracker.update(Location(999), Time{1}, 1); }).find("no location 999") !=
          std::string::npos);
}

Topology chain(std::size_t nodes) {
  Topology t;
  std::optional<Location> before;
  for (std::size_t i = 0; i < nodes; ++i) {
    const NodeId node = t.add_node(t.root(), "n" + std::to_string(i));
    const Location in = t.add_input(node);
    const Location out = t.add_output(node);
    t.add_internal(in, out, PathSummary::identity(1));
    if (before) {
      t.add_edge(*before, in, PathSummary::identity(1));
    }
    before = out;
  }
  return t;
}

// A message goes down the chain, each node consumes it and sends the next, at rest after each step.
std::uint64_t drain(const Topology& t) {
  Tracker tracker(t);
  tracker.update(Location(0), Time{0}, +1);
  tracker.propagate();
  for (std::uint32_t l = 2; l < t.locations(); l += 2) {
    tracker.update(Location(l), Time{0}, +1);
    tracker.update(Location(l - 2), Time{0}, -1);
    tracker.propagate();
  }
  tracker.update(Location(static_cast<std::uint32_t>(t.locations() - 2)), Time{0}, -1);
  tracker.propagate();
  REQUIRE(tracker.empty());
  return tracker.steps();
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST_CASE("a chain at whose end somebody looks costs one step, however long it is") {
  const Topology t = chain(1000);
  const Location end(static_cast<std::uint32_t>(t.locations() - 2));
  Tracker tracker(t, std::vector<Location>{end});
  tracker.update(Location(0), Time{3}, +1);
  tracker.propagate();
  REQUIRE(tracker.frontier(end) == Antichain{Time{3}});
  REQUIRE(tracker.steps() == 1);
  REQUIRE(broken_by([&] { (void)tracker.frontier(Location(7)); }).find("nobody looks") !=
          std::string::npos);
}

TEST_CASE("a chain ten times as long costs ten times as much to build and to drain") {
  const auto measure = [](std::size_t nodes) {
    std::vector<double> seconds;
    for (int i = 0; i < 5; ++i) {
      const double start = cpu_seconds();
      drain(chain(nodes));
      seconds.push_back(cpu_seconds() - start);
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[2];
  };
  const std::uint64_t steps_short = drain(chain(1000));
  const std::uint64_t steps_long = drain(chain(10000));
  REQUIRE(steps_long <= 11 * steps_short);
  // Time has noise: the best of a few tries must be in bounds, the worst need not.
  double ratio = 1e9;
  for (int i = 0; i < 5 && ratio > 15; ++i) {
    ratio = std::min(ratio, measure(10000) / measure(1000));
  }
  REQUIRE(ratio <= 15);
}

}  // namespace
}  // namespace eagre::progress
