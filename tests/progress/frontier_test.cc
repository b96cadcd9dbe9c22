// Laws of antichains, change batches and counted frontiers, against recomputation on random values
// (RapidCheck), and the receiver's rules for frontiers by example.
// Catches: a frontier that keeps dominated times or loses minimal ones, one that depends on the
// order of updates or clamps negative counts, sums that lose a change, frontiers applied backwards.

#include <algorithm>
#include <map>
#include <vector>

#include "runtime/progress/change_batch.h"
#include "runtime/progress/counted_frontier.h"
#include "runtime/progress/frontier_view.h"
#include "tests/progress/arbitrary_times.h"
#include "tests/progress/choices.h"
#include "tests/support/broken_invariant.h"
#include "tests/support/rapidcheck.h"

namespace eagre::progress {
namespace {

using eagre::testing::broken_by;
using eagre::testing::check;

std::vector<Time> some_times(std::size_t size) {
  return *rc::gen::container<std::vector<Time>>(times(size, 5));
}

// The minimal ones, by definition.
Antichain minimal(const std::vector<Time>& all) {
  Antichain result;
  for (const Time& t : all) {
    if (std::none_of(all.begin(), all.end(), [&](const Time& u) { return less_than(u, t); })) {
      result.insert(t);
    }
  }
  return result;
}

TEST_CASE("an antichain keeps exactly the minimal elements") {
  check("insertion in any order", 1000, 100, [] {
    const std::size_t n = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(1, 4));
    const std::vector<Time> all = some_times(n);
    Antichain antichain;
    for (const Time& t : all) {
      const bool covered = antichain.less_equal(t);
      RC_ASSERT(antichain.insert(t) == !covered);
    }
    RC_ASSERT(antichain == minimal(all));
    for (const Time& a : antichain) {
      for (const Time& b : antichain) {
        RC_ASSERT(a == b || !less_equal(a, b));
      }
    }
    const Time probe = *times(n, 6);
    RC_ASSERT(antichain.less_equal(probe) ==
              std::any_of(all.begin(), all.end(), [&](auto& t) { return less_equal(t, probe); }));
    RC_ASSERT(antichain.less_than(probe) ==
              std::any_of(all.begin(), all.end(), [&](auto& t) { return less_than(t, probe); }));
    Antichain backwards;
    for (auto t = all.rbegin(); t != all.rend(); ++t) {
      backwards.insert(*t);
    }
    RC_ASSERT(backwards == antichain);
    RC_ASSERT(to_string(backwards) == to_string(antichain));
  });
}

TEST_CASE("an antichain dominates another if it covers all its elements") {
  check("dominates_all", 1000, 100, [] {
    const Antichain a = minimal(some_times(2));
    const Antichain b = minimal(some_times(2));
    bool all = true;
    for (const Time& t : b) {
      all = all && a.less_equal(t);
    }
    RC_ASSERT(a.dominates_all(b) == all);
    RC_ASSERT(a.dominates_all(Antichain()));
    if (a.dominates_all(b) && b.dominates_all(a)) {
      RC_ASSERT(a == b);
    }
  });
}

TEST_CASE("an antichain prints its elements in order") {
  REQUIRE(to_string(Antichain{Time{1, 0}, Time{0, 3}, Time{2, 0}}) == "{(0, 3), (1, 0)}");
  REQUIRE(to_string(Antichain()) == "{}");
}

TEST_CASE("a change batch is the sum of what was added to it") {
  check("sums", 500, 300, [] {
    Choices choices(*decisions());
    ChangeBatch batch;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::int64_t> sums;
    const auto expect_equal = [&] {
      std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
      RC_ASSERT(batch.size() == sums.size());
      RC_ASSERT(batch.empty() == sums.empty());
      auto change = batch.begin();
      for (const auto& [key, sum] : sums) {
        RC_ASSERT(change->at.value() == key.first);
        RC_ASSERT(change->time == (Time{key.second}));
        RC_ASSERT(change->diff == sum);
        ++change;
      }
    };
    while (!choices.done()) {
      const auto at = static_cast<std::uint32_t>(choices.below(3));
      const std::uint64_t time = choices.below(20);
      const std::int64_t diff = static_cast<std::int64_t>(choices.below(5)) - 2;
      batch.add(Location(at), Time{time}, diff);
      sums[{at, time}] += diff;
      if (choices.one_in(8)) {
        expect_equal();
      }
      if (choices.one_in(30)) {
        expect_equal();
        RC_ASSERT(batch.take().size() == sums.size());
        RC_ASSERT(batch.empty());
        sums.clear();
      }
    }
    expect_equal();
  });
}

TEST_CASE("a change batch stays as small as the pointstamps it is about") {
  ChangeBatch batch;
  for (int i = 0; i < 100000; ++i) {
    batch.add(Location(0), Time{static_cast<std::uint64_t>(i % 100)}, i % 2 == 0 ? 1 : -1);
  }
  REQUIRE(batch.size() == 100);
}

TEST_CASE("a counted frontier is that of the strictly positive sums") {
  check("against recomputation, with counts negative for a while", 1000, 200, [] {
    const std::size_t n = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(1, 4));
    Choices choices(*decisions());
    CountedFrontier counted;
    std::map<Time, std::int64_t, LexicographicLess> sums;
    Antichain told;
    while (!choices.done()) {
      std::vector<std::uint64_t> coordinates(n);
      for (auto& c : coordinates) {
        c = choices.below(4);
      }
      const Time time{std::span<const std::uint64_t>(coordinates)};
      const std::int64_t diff = static_cast<std::int64_t>(choices.below(5)) - 2;
      sums[time] += diff;
      // Each element leaves before another joins in its place.
      for (const CountedFrontier::Move& move : counted.update(time, diff)) {
        if (move.diff > 0) {
          RC_ASSERT(told.insert(move.time));
        } else {
          RC_ASSERT(told.erase(move.time));
        }
      }
      std::vector<Time> positive;
      bool all_zero = true;
      for (const auto& [t, sum] : sums) {
        if (sum > 0) {
          positive.push_back(t);
        }
        all_zero = all_zero && sum == 0;
        RC_ASSERT(counted.count(t) == sum);
      }
      RC_ASSERT(counted.frontier() == minimal(positive));
      RC_ASSERT(told == counted.frontier());
      RC_ASSERT(counted.empty() == all_zero);
    }
  });
}

TEST_CASE("a negative count hides nothing but its own time") {
  CountedFrontier counted;
  REQUIRE(counted.update(Time{1}, -1).empty());
  REQUIRE(counted.frontier().empty());
  REQUIRE_FALSE(counted.empty());
  counted.update(Time{2}, +1);
  REQUIRE(counted.frontier() == Antichain{Time{2}});
  REQUIRE(counted.update(Time{1}, +1).empty());
  REQUIRE(counted.frontier() == Antichain{Time{2}});
}

FrontierUpdate update(std::uint64_t generation, std::uint64_t version, Antichain frontier) {
  return FrontierUpdate{Generation(generation), version, 0, std::move(frontier)};
}

TEST_CASE("a frontier view starts where anything may still come") {
  const FrontierView view(Generation(1), 2);
  REQUIRE(view.frontier() == Antichain{Time{0, 0}});
  REQUIRE(view.version() == 0);
}

TEST_CASE("a frontier view skips versions and never goes back") {
  FrontierView view(Generation(3), 1);
  REQUIRE(view.apply(update(3, 2, {Time{4}})));
  REQUIRE_FALSE(view.apply(update(3, 1, {Time{1}})));
  REQUIRE_FALSE(view.apply(update(3, 2, {Time{4}})));
  REQUIRE(view.frontier() == Antichain{Time{4}});
  REQUIRE(view.stale() == 2);
  REQUIRE(view.apply(update(3, 9, {})));
  REQUIRE(view.frontier().empty());
}

TEST_CASE("a frontier of another generation is dropped and counted") {
  FrontierView view(Generation(3), 1);
  REQUIRE_FALSE(view.apply(update(2, 5, {})));
  REQUIRE_FALSE(view.apply(update(4, 5, {})));
  REQUIRE(view.stale() == 2);
  REQUIRE(view.frontier() == Antichain{Time{0}});
}

TEST_CASE("a newer frontier that lies further back breaks an invariant") {
  FrontierView view(Generation(1), 1);
  view.apply(update(1, 1, {Time{4}}));
  const std::string broken = broken_by([&] { view.apply(update(1, 2, {Time{3}})); });
  REQUIRE(broken.find("would move back from {(4)}") != std::string::npos);
}

}  // namespace
}  // namespace eagre::progress
