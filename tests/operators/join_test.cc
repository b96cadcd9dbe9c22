// join against nested loops over both sides' histories, times included, outside of loops and in
// one; operators with several inputs, written as lambdas, with frontiers and notifications.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using Item = std::pair<Number, Number>;
using Epochs = std::vector<std::vector<Item>>;
using Match = std::tuple<Number, Number, Number>;

Epochs random_items(base::Random& random) {
  return random_epochs(random, 4, 12, [&] { return Item{random.below(5), random.below(4)}; });
}

Number key_of(const Item& item) {
  return item.first;
}

Match match(Number key, const Item& left, const Item& right) {
  return Match(key, left.second, right.second);
}

TEST_CASE("join gives every pair of records with equal keys, at the later of their epochs") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    base::Random random(seed);
    const Epochs left = random_items(random);
    const Epochs right = random_items(random);
    Timed<Match> expected;
    for (std::size_t a = 0; a < left.size(); ++a) {
      for (std::size_t b = 0; b < right.size(); ++b) {
        for (const Item& x : left[a]) {
          for (const Item& y : right[b]) {
            if (x.first == y.first) {
              expected.emplace_back(progress::Time{std::max(a, b)}, match(x.first, x, y));
            }
          }
        }
      }
    }
    CAPTURE(seed);
    always_gives(
        [&](Scope& scope) {
          return timed(by_epoch(scope, left)
                           .key_by(key_of)
                           .join(by_epoch(scope, right).key_by(key_of), match));
        },
        in_order(expected), 1);
  }
}

TEST_CASE("join inside a loop pairs records of all rounds, at their least upper bound") {
  // Round r of epoch e holds e + 10 r; joined with itself through a constant key.
  using Pair = std::pair<Number, Number>;
  Timed<Pair> expected;
  const auto value = [](Number epoch, Number round) { return epoch + 10 * round; };
  for (Number e1 = 0; e1 < 2; ++e1) {
    for (Number r1 = 0; r1 < 3; ++r1) {
      for (Number e2 = 0; e2 < 2; ++e2) {
        for (Number r2 = 0; r2 < 3; ++r2) {
          expected.emplace_back(progress::Time{std::max(e1, e2), std::max(r1, r2)},
                                Pair{value(e1, r1), value(e2, r2)});
        }
      }
    }
  }
  always_gives(
      [](Scope& scope) {
        const auto start = by_epoch<Number>(scope, {{0}, {1}});
        const api::Loop loop = scope.loop("loop");
        const api::LoopVariable<Number> variable(loop, "variable");
        const auto rounds = start.enter(loop).concat(variable.stream());
        variable.connect(
            rounds.filter([](Number n) { return n < 20; }).map([](Number n) { return n + 10; }));
        const auto all = rounds.key_by([](Number) { return 0; });
        return timed(all.join(all, [](int, Number a, Number b) { return Pair{a, b}; }));
      },
      in_order(expected));
}

TEST_CASE("a lambda with two inputs sees each batch on its side") {
  always_gives(
      [](Scope& scope) {
        const auto left = scope.to_stream<Number>({1, 2, 3});
        const auto right = scope.to_stream<std::string>({"a", "b"});
        return left
            .binary<std::string>(
                right, "both",
                [](const dataflow::Input<Number>& input, dataflow::Output<std::string>& output) {
                  auto session = output.session();
                  for (const Number n : input) {
                    session.give(std::to_string(n));
                  }
                },
                [](const dataflow::Input<std::string>& input,
                   dataflow::Output<std::string>& output) { output.forward(input.batch()); })
            .collect();
      },
      std::vector<std::string>{"1", "2", "3", "a", "b"}, 1);
}

TEST_CASE("a lambda with two inputs is told when a time is complete at both") {
  using Sides = std::pair<Number, Number>;
  using State = std::map<progress::Time, Sides, progress::LexicographicLess>;
  always_gives(
      [](Scope& scope) {
        const auto left = by_epoch<Number>(scope, {{1, 2}, {}, {3}}).gather();
        const auto right = by_epoch<Number>(scope, {{4}, {5, 6}}).gather();
        const auto add = [](Number Sides::*side) {
          return [side](State& state, const dataflow::Input<Number>& input,
                        dataflow::Output<Sides>& output, dataflow::TypedOperator& self) {
            for (const Number n : input) {
              state[input.time()].*side += n;
            }
            self.notify_at(output.retain());
          };
        };
        return timed(left.binary_notify<Sides, State>(
            right, "sums", add(&Sides::first), add(&Sides::second),
            [](State& state, progress::Capability at, dataflow::Output<Sides>& output) {
              output.session(at).give(state.at(at.time()));
              state.erase(at.time());
            }));
      },
      Timed<Sides>{{{0}, {3, 4}}, {{1}, {0, 11}}, {{2}, {3, 0}}});
}

TEST_CASE("a lambda with two inputs sees both frontiers move to the end") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    int ended = 0;
    testing::run_once(
        [&ended](Scope& scope) {
          return by_epoch<Number>(scope, {{1}, {2}})
              .binary_frontier<Number>(
                  by_epoch<Number>(scope, {{3}}), "ends",
                  [&ended](const dataflow::Input<Number>* left,
                           const dataflow::Input<Number>* right,
                           const progress::Antichain& left_frontier,
                           const progress::Antichain& right_frontier, dataflow::Output<Number>&) {
                    REQUIRE((left == nullptr || left_frontier.less_equal(left->time())));
                    REQUIRE((right == nullptr || right_frontier.less_equal(right->time())));
                    ended += left_frontier.empty() && right_frontier.empty() ? 1 : 0;
                  })
              .collect();
        },
        testing::loop_options(1, 64, 1024, seed));
    REQUIRE(ended == 1);
  }
}

TEST_CASE("an operator over one stream with frontier hears of it") {
  // Sums, with the capabilities to give them once their times are complete.
  using Kept = std::map<progress::Time, std::pair<std::shared_ptr<progress::Capability>, Number>,
                        progress::LexicographicLess>;
  using Timed = std::pair<Number, Number>;
  always_gives(
      [](Scope& scope) {
        return by_epoch<Number>(scope, {{1, 2}, {}, {3}})
            .gather()
            .unary_frontier<Timed>(
                "frontier",
                [kept = Kept()](const dataflow::Input<Number>* input,
                                const progress::Antichain& frontier,
                                dataflow::Output<Timed>& output) mutable {
                  if (input != nullptr) {
                    REQUIRE(frontier.less_equal(input->time()));
                    auto& [at, sum] = kept[input->time()];
                    at = std::make_shared<progress::Capability>(output.retain());
                    for (const Number n : *input) {
                      sum += n;
                    }
                    return;
                  }
                  while (!kept.empty() && !frontier.less_equal(kept.begin()->first)) {
                    const auto& [at, sum] = kept.begin()->second;
                    output.session(*at).give({at->time()[0], sum});
                    kept.erase(kept.begin());
                  }
                })
            .collect();
      },
      std::vector<Timed>{{0, 3}, {2, 3}});
}

TEST_CASE("an operator over any number of streams knows which one a batch came from") {
  using Tagged = std::pair<Number, Number>;
  using Sums = std::map<Number, std::vector<Number>>;
  always_gives(
      [](Scope& scope) {
        std::vector<api::Stream<Number>> streams;
        for (Number i = 0; i < 5; ++i) {
          streams.push_back(scope.to_stream<Number>({i, 10 * i}));
        }
        return scope
            .nary<Tagged>(streams, "tag",
                          [](std::uint32_t from, const dataflow::Input<Number>& input,
                             dataflow::Output<Tagged>& output) {
                            auto session = output.session();
                            for (const Number n : input) {
                              session.give(Tagged{from, n});
                            }
                          })
            .collect();
      },
      std::vector<Tagged>{
          {0, 0}, {0, 0}, {1, 1}, {1, 10}, {2, 2}, {2, 20}, {3, 3}, {3, 30}, {4, 4}, {4, 40}},
      1);
  always_gives(
      [](Scope& scope) {
        const auto even = by_epoch<Number>(scope, {{2, 4}, {6}}).gather();
        const auto odd = by_epoch<Number>(scope, {{1}, {3, 5}}).gather();
        return timed(scope.nary_notify<Number, Sums>(
            std::vector{even, odd, even}, "sums",
            [](Sums& sums, std::uint32_t from, const dataflow::Input<Number>& input,
               dataflow::Output<Number>& output, dataflow::TypedOperator& self) {
              auto& sum = sums[input.time()[0]];
              sum.resize(3);
              for (const Number n : input) {
                sum[from] += n;
              }
              self.notify_at(output.retain());
            },
            [](Sums& sums, progress::Capability at, dataflow::Output<Number>& output) {
              const auto& sum = sums.at(at.time()[0]);
              output.session(at).give(10000 * sum[0] + 100 * sum[1] + sum[2]);
            }));
      },
      Timed<Number>{{{0}, 60106}, {{1}, 60806}}, 1);
}

}  // namespace
}  // namespace eagre
