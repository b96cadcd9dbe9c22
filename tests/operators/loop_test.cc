// Loops, nested loops, mutual recursion and regions, each computing something known, for all
// numbers of workers, batch sizes, budgets and orders of events, several epochs at once (a round
// mixed up with another, an epoch that ends early, a result that depends on the schedule).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using api::Loop;
using api::LoopVariable;

using Pair = std::pair<Number, Number>;

TEST_CASE("a loop runs until nothing comes back, epoch by epoch") {
  Timed<Pair> expected;  // (start, length of its Collatz sequence)
  std::vector<std::vector<Number>> epochs = {{1, 2, 3, 7}, {}, {6, 9}};
  for (Number epoch = 0; epoch < epochs.size(); ++epoch) {
    for (const Number start : epochs[epoch]) {
      Number length = 0;
      for (Number n = start; n != 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) {
        ++length;
      }
      expected.emplace_back(progress::Time{epoch}, Pair{start, length});
    }
  }
  struct Walk {
    Number start = 0;
    Number at = 0;
    Number length = 0;
  };
  always_gives(
      [&](Scope& scope) {
        const auto walks = by_epoch(scope, epochs).map([](Number n) { return Walk{n, n, 0}; });
        const Loop loop = scope.loop("collatz");
        const LoopVariable<Walk> variable(loop, "next");
        const auto rounds = walks.enter(loop).concat(variable.stream());
        const auto [going, done] = rounds.branch([](const Walk& walk) { return walk.at == 1; });
        variable.connect(going
                             .map([](const Walk& walk) {
                               const Number next = walk.at % 2 == 0 ? walk.at / 2 : 3 * walk.at + 1;
                               return Walk{walk.start, next, walk.length + 1};
                             })
                             .exchange([](const Walk& walk) { return walk.at; }));
        return timed(done.leave().map([](const Walk& walk) {
          return Pair{walk.start, walk.length};
        }));
      },
      in_order(expected));
}

TEST_CASE("records leave a loop with the round in which they were made") {
  always_gives(
      [](Scope& scope) {
        const Loop loop = scope.loop("loop");
        const LoopVariable<Number> variable(loop, "variable");
        const auto rounds =
            by_epoch<Number>(scope, {{0}, {100}}).enter(loop).concat(variable.stream());
        variable.connect(rounds.filter([](Number n) { return n % 100 < 3; }).map([](Number n) {
          return n + 1;
        }));
        return timed(rounds);
      },
      Timed<Number>{{{0, 0}, 0},
                    {{0, 1}, 1},
                    {{0, 2}, 2},
                    {{0, 3}, 3},
                    {{1, 0}, 100},
                    {{1, 1}, 101},
                    {{1, 2}, 102},
                    {{1, 3}, 103}});
}

TEST_CASE("a sink in a loop sees times in lexicographic order, and a scan keeps epochs apart") {
  // Each round's count is added to the state, which must not survive its epoch, and must not be
  // forgotten while its epoch still runs beside a later one.
  Timed<Number> expected;
  for (Number epoch = 0; epoch < 3; ++epoch) {
    for (Number round = 0; round < 6; ++round) {
      expected.emplace_back(progress::Time{epoch, round}, 2 * (round + 1));
    }
  }
  always_gives(
      [](Scope& scope) {
        const Loop loop = scope.loop("loop");
        const LoopVariable<Number> variable(loop, "variable");
        const auto rounds =
            by_epoch<Number>(scope, {{0, 0}, {0, 0}, {0, 0}}).enter(loop).concat(variable.stream());
        variable.connect(
            rounds.filter([](Number n) { return n < 5; }).map([](Number n) { return n + 1; }));
        return timed(rounds.count()
                         .key_by([](Number) { return 0; })
                         .scan<Number, Number>([](int, Number& sum, Number count, auto& give) {
                           give(sum += count);
                         }));
      },
      expected, 4);
}

TEST_CASE("a loop in a loop: the inner one ends before the outer one goes on") {
  // Outer round o holds n + o; the inner loop halves it until nothing is left.
  const auto inner_sum = [](Number n) {
    Number sum = 0;
    for (; n != 0; n /= 2) {
      sum += n;
    }
    return sum;
  };
  Timed<Number> expected;
  for (Number epoch = 0; epoch < 2; ++epoch) {
    for (Number outer = 0; outer < 3; ++outer) {
      expected.emplace_back(progress::Time{epoch, outer}, inner_sum(20 * epoch + 5 + outer));
    }
  }
  always_gives(
      [](Scope& scope) {
        const Loop outer = scope.loop("outer");
        const LoopVariable<Number> next(outer, "next");
        const auto rounds = by_epoch<Number>(scope, {{5}, {25}}).enter(outer).concat(next.stream());
        const auto halves = rounds.iterate("inner", [](const Loop& inner, auto all) {
          REQUIRE(inner.builder()->coordinates(inner.index()) == 3);
          return all.filter([](Number n) { return n / 2 != 0; }).map([](Number n) {
            return n / 2;
          });
        });
        next.connect(
            rounds.filter([](Number n) { return n % 20 < 7; }).map([](Number n) { return n + 1; }));
        // The numbers at an outer time: round 0 and what left the inner loop.
        const auto sums =
            rounds.concat(halves)
                .key_by([](Number) { return 0; })
                .template aggregate_any_order<Number>([](Number& sum, Number n) { sum += n; },
                                                      [](int, Number sum) { return sum; });
        return timed(sums);
      },
      expected);
}

TEST_CASE("two variables of one loop call each other") {
  // even(n) -> odd(n - 1), odd(n) -> even(n - 1), down to 0.
  struct Call {
    Number start = 0;
    Number n = 0;
  };
  std::vector<Pair> expected;
  for (Number n = 0; n < 12; ++n) {
    expected.emplace_back(n, n % 2);
  }
  always_gives(
      [](Scope& scope) {
        std::vector<Number> starts(12);
        std::iota(starts.begin(), starts.end(), 0);
        const Loop loop = scope.loop("parity");
        const LoopVariable<Call> even(loop, "even");
        const LoopVariable<Call> odd(loop, "odd");
        const auto ends = [](const Call& call) { return call.n == 0; };
        const auto step = [](const Call& call) { return Call{call.start, call.n - 1}; };
        const auto [even_on, is_even] = scope.to_stream(starts)
                                            .map([](Number n) {
                                              return Call{n, n};
                                            })
                                            .enter(loop)
                                            .concat(even.stream())
                                            .branch(ends);
        const auto [odd_on, is_odd] = odd.stream().branch(ends);
        odd.connect(even_on.map(step).rebalance());
        even.connect(odd_on.map(step));
        return is_even.map([](const Call& call) {
                        return Pair{call.start, 0};
                      })
            .concat(is_odd.map([](const Call& call) {
              return Pair{call.start, 1};
            }))
            .leave()
            .collect();
      },
      expected);
}

// A class operator with state, in a loop: the nodes seen so far.
struct Unseen : dataflow::Unary<Number, Number> {
  static constexpr progress::Interest kInterest = progress::Interest::never;
  void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>& output) override {
    auto session = output.session();
    for (const Number node : input) {
      if (seen.insert(node).second) {
        session.give(node);
      }
    }
  }
  std::set<Number> seen;
};

TEST_CASE("reachability over a random graph agrees with a search") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    base::Random random(seed);
    std::vector<Pair> edges;
    std::map<Number, std::vector<Number>> successors;
    for (int i = 0; i < 60; ++i) {
      edges.emplace_back(random.below(40), random.below(40));
      successors[edges.back().first].push_back(edges.back().second);
    }
    std::set<Number> reached = {0};
    for (std::vector<Number> todo = {0}; !todo.empty();) {
      const Number at = todo.back();
      todo.pop_back();
      for (const Number to : successors[at]) {
        if (reached.insert(to).second) {
          todo.push_back(to);
        }
      }
    }
    CAPTURE(seed);
    always_gives(
        [&](Scope& scope) {
          const Loop loop = scope.loop("reach");
          const LoopVariable<Number> variable(loop, "frontier");
          const auto fresh = scope.to_stream<Number>({0})
                                 .enter(loop)
                                 .concat(variable.stream())
                                 .exchange([](Number node) { return node; })
                                 .apply<Unseen>("unseen");
          variable.connect(fresh.key_by([](Number node) { return node; })
                               .join(scope.to_stream(edges).enter(loop).key_by(
                                         [](const Pair& edge) { return edge.first; }),
                                     [](Number, Number, const Pair& edge) { return edge.second; }));
          return fresh.leave().collect();
        },
        std::vector<Number>(reached.begin(), reached.end()), 1);
  }
}

TEST_CASE("regions change nothing but the plan") {
  always_gives(
      [](Scope& scope) {
        const Scope region = scope.region("region");
        const Scope inner = region.region("inner");
        return timed(by_epoch<Number>(scope, {{1}, {2}})
                         .enter(region)
                         .map([](Number n) { return n + 1; })
                         .enter(inner)
                         .map([](Number n) { return 2 * n; })
                         .leave()
                         .leave());
      },
      Timed<Number>{{{0}, 4}, {{1}, 6}}, 1);
}

}  // namespace
}  // namespace eagre
