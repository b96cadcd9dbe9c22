// Laws of times and path summaries, on random values (RapidCheck), and examples of what they print.
// Catches: a product order that is none, bounds that are not the least, storage in place and on the
// heap that behave differently, summaries whose composition is not the composition of their
// effects, an order of summaries that is unsound (would lose frontiers) or times that wrap around.

#include "runtime/progress/time.h"

#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

#include "runtime/progress/path_summary.h"
#include "tests/progress/arbitrary_times.h"
#include "tests/support/rapidcheck.h"

namespace eagre::progress {
namespace {

using eagre::testing::check;

std::size_t any_size() {
  return *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 7));
}

TEST_CASE("the order of times is a partial order and the linear one extends it") {
  check("reflexive, antisymmetric, transitive, extended", 1000, 100, [] {
    const std::size_t n = any_size();
    const Time a = *times(n, 3);
    const Time b = *times(n, 3);
    const Time c = *times(n, 3);
    RC_ASSERT(less_equal(a, a));
    if (less_equal(a, b) && less_equal(b, a)) {
      RC_ASSERT(a == b);
    }
    if (less_equal(a, b) && less_equal(b, c)) {
      RC_ASSERT(less_equal(a, c));
    }
    RC_ASSERT(less_than(a, b) == (less_equal(a, b) && a != b));
    if (less_than(a, b)) {
      RC_ASSERT(LexicographicLess()(a, b));
    }
    RC_ASSERT((LexicographicLess()(a, b) || LexicographicLess()(b, a)) == (a != b));
    bool all = true;
    for (std::size_t i = 0; i < n; ++i) {
      all = all && a[i] <= b[i];
    }
    RC_ASSERT(less_equal(a, b) == all);
    if (a == b) {
      RC_ASSERT(std::hash<Time>()(a) == std::hash<Time>()(b));
    }
  });
}

TEST_CASE("join and meet are the least upper and the greatest lower bound") {
  check("bounds", 1000, 100, [] {
    const std::size_t n = any_size();
    const Time a = *times(n, 3);
    const Time b = *times(n, 3);
    const Time c = *times(n, 3);
    RC_ASSERT(less_equal(a, join(a, b)) && less_equal(b, join(a, b)));
    RC_ASSERT(less_equal(meet(a, b), a) && less_equal(meet(a, b), b));
    RC_ASSERT((less_equal(a, c) && less_equal(b, c)) == less_equal(join(a, b), c));
    RC_ASSERT((less_equal(c, a) && less_equal(c, b)) == less_equal(c, meet(a, b)));
  });
}

TEST_CASE("times of different sizes are not comparable") {
  REQUIRE_FALSE(less_equal(Time{1}, Time{1, 0}));
  REQUIRE_FALSE(less_equal(Time{1, 0}, Time{1}));
  REQUIRE(Time{1} != Time{1, 0});
  REQUIRE(Time() == Time::minimum(0));
  REQUIRE(Time::minimum(5) == Time{0, 0, 0, 0, 0});
}

TEST_CASE("times are values, in place and on the heap alike") {
  check("copies and moves", 1000, 100, [] {
    const Time a = *times(any_size());
    const Time b = *times(any_size());
    Time copy = a;
    RC_ASSERT(copy == a);
    copy = b;
    RC_ASSERT(copy == b);
    Time moved = std::move(copy);
    RC_ASSERT(moved == b);
    copy = a;
    moved = std::move(copy);
    RC_ASSERT(moved == a);
    const Time& self = moved;
    moved = self;
    RC_ASSERT(moved == a);
    const Time longer = a.extended(9);
    RC_ASSERT(longer.size() == a.size() + 1 && longer.last() == 9u);
    RC_ASSERT(longer.first(a.size()) == a);
    if (a.size() > 0) {
      RC_ASSERT(a.with(a.size() - 1, 7).last() == 7u);
    }
  });
}

TEST_CASE("a time prints as its coordinates") {
  REQUIRE(to_string(Time{3, 0}) == "(3, 0)");
  REQUIRE(to_string(Time()) == "()");
}

TEST_CASE("summaries are monotone and compose") {
  check("apply and followed_by", 1000, 100, [] {
    const std::size_t n = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 5));
    const std::size_t m = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 6));
    const std::size_t k = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 5));
    const PathSummary a = *summaries(n, m);
    const PathSummary b = *summaries(m, k);
    const Time t = *times(n);
    const Time u = *times(n);
    if (less_equal(t, u)) {
      RC_ASSERT(less_equal(*a.apply(t), *a.apply(u)));
    }
    const PathSummary both = *a.followed_by(b);
    RC_ASSERT(both.inputs() == n && both.outputs() == k);
    RC_ASSERT(*both.apply(t) == *b.apply(*a.apply(t)));
    RC_ASSERT(*PathSummary::identity(n).followed_by(a) == a);
    RC_ASSERT(*a.followed_by(PathSummary::identity(m)) == a);
    if (a.advances()) {
      RC_ASSERT(less_than(t, *a.apply(t)));
    }
    RC_ASSERT(a.is_identity() == (a == PathSummary::identity(n)));
  });
}

TEST_CASE("the order of summaries says what it does to every time") {
  check("sound, and complete on large times", 1000, 100, [] {
    const std::size_t n = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 4));
    const std::size_t m = *rc::gen::resize(100, rc::gen::inRange<std::size_t>(0, 4));
    const PathSummary a = *summaries(n, m);
    const PathSummary b = *summaries(n, m);
    const Time t = *times(n, 6);
    if (less_equal(a, b)) {
      RC_ASSERT(less_equal(*a.apply(t), *b.apply(t)));
      RC_ASSERT(a == b || SummaryLess()(a, b));
    } else {
      // Some time shows it: the least one or one far from every constant.
      std::vector<std::uint64_t> far(n, 1000);
      const Time large{std::span<const std::uint64_t>(far)};
      const Time small = Time::minimum(n);
      RC_ASSERT(!less_equal(*a.apply(large), *b.apply(large)) ||
                !less_equal(*a.apply(small), *b.apply(small)));
    }
    RC_ASSERT((SummaryLess()(a, b) || SummaryLess()(b, a)) == !(a == b));
  });
}

TEST_CASE("a time that would overflow cannot travel") {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const PathSummary step = PathSummary::advance(2, 1, 1);
  REQUIRE_FALSE(step.apply(Time{0, most}).has_value());
  REQUIRE(step.apply(Time{most, 0}) == Time{most, 1});
  const PathSummary far = PathSummary::advance(2, 1, most);
  REQUIRE(far.apply(Time{4, 0}) == Time{4, most});
  REQUIRE_FALSE(far.followed_by(step).has_value());
}

TEST_CASE("entering, leaving and advancing do what they say") {
  REQUIRE(PathSummary::enter(1).apply(Time{3}) == Time{3, 0});
  REQUIRE(PathSummary::leave(2).apply(Time{3, 9}) == Time{3});
  REQUIRE(PathSummary::advance(2, 1, 1).apply(Time{3, 9}) == Time{3, 10});
  // Out of the inner loop, round the outer one, and in again.
  const PathSummary round = *PathSummary::leave(3)
                                 .followed_by(PathSummary::advance(2, 1, 1))
                                 ->followed_by(PathSummary::enter(2));
  REQUIRE(round.apply(Time{5, 1, 7}) == Time{5, 2, 0});
  REQUIRE_FALSE(round.advances());
  REQUIRE(round.adds_within(2));
  REQUIRE(to_string(round) == "(t0, t1+1, 0)");
}

}  // namespace
}  // namespace eagre::progress
