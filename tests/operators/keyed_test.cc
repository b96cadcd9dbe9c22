// Operators whose result is known when a time is complete, keyed and not, each against the same
// computed from scratch over random input, for all numbers of workers, batch sizes, budgets and
// orders of events (a record counted at another time or twice, an order that reaches the result, a
// time delivered too early).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/fixed_sum.h"
#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using Item = std::pair<std::string, Number>;
using Epochs = std::vector<std::vector<Item>>;

// Some items are equal.
Epochs random_items(std::uint64_t seed) {
  base::Random random(seed);
  return random_epochs(random, 5, 20, [&] {
    const std::size_t length = 1 + random.below(2);
    const char letter = static_cast<char>('a' + random.below(4));
    return Item{std::string(length, letter), random.below(6)};
  });
}

std::string key_of(const Item& item) {
  return item.first;
}

// What `f` makes of the items of each key and epoch.
template <class Out, class F>
Timed<Out> by_key_and_epoch(const Epochs& epochs, F f) {
  Timed<Out> all;
  for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
    std::map<std::string, std::vector<Number>> keys;
    for (const auto& [key, value] : epochs[epoch]) {
      keys[key].push_back(value);
    }
    for (auto& [key, values] : keys) {
      std::sort(values.begin(), values.end());
      for (Out& out : f(key, values)) {
        all.emplace_back(progress::Time{epoch}, std::move(out));
      }
    }
  }
  return in_order(std::move(all));
}

template <class Define, class Expect>
void agree(Define define, Expect expect) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Epochs epochs = random_items(seed);
    CAPTURE(seed);
    always_gives([&](Scope& scope) { return define(by_epoch(scope, epochs)); }, expect(epochs), 1);
  }
}

TEST_CASE("count, reduce and aggregate fold the records of each key at each epoch") {
  agree([](const api::Stream<Item>& items) { return timed(items.key_by(key_of).count()); },
        [](const Epochs& epochs) {
          return by_key_and_epoch<Item>(epochs, [](const std::string& key, const auto& values) {
            return std::vector<Item>{{key, values.size()}};
          });
        });
  agree(
      [](const api::Stream<Item>& items) {
        return timed(
            items.key_by(key_of)
                .reduce([](const Item& a, const Item& b) {
                  return Item{a.first, std::max(a.second, b.second)};
                })
                .map([](const std::pair<std::string, Item>& pair) { return pair.second; }));
      },
      [](const Epochs& epochs) {
        return by_key_and_epoch<Item>(epochs, [](const std::string& key, const auto& values) {
          return std::vector<Item>{{key, values.back()}};
        });
      });
  // The order of a fold that minds it: the values in canonical order, written one after another.
  using Text = std::pair<std::string, std::string>;
  agree(
      [](const api::Stream<Item>& items) {
        return timed(items.key_by(key_of).aggregate<std::string>(
            [](std::string& text, const Item& item) { text += std::to_string(item.second); },
            [](const std::string& key, const std::string& text) {
              return Text{key, text};
            }));
      },
      [](const Epochs& epochs) {
        return by_key_and_epoch<Text>(epochs, [](const std::string& key, const auto& values) {
          std::string text;
          for (const Number value : values) {
            text += std::to_string(value);
          }
          return std::vector<Text>{{key, text}};
        });
      });
}

TEST_CASE("count counts the records of each epoch that has any") {
  agree([](const api::Stream<Item>& items) { return timed(items.count()); },
        [](const Epochs& epochs) {
          Timed<Number> all;
          for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
            if (!epochs[epoch].empty()) {
              all.emplace_back(progress::Time{epoch}, epochs[epoch].size());
            }
          }
          return all;
        });
}

TEST_CASE("distinct gives one of equal records an epoch") {
  agree([](const api::Stream<Item>& items) { return timed(items.distinct()); },
        [](const Epochs& epochs) {
          return by_key_and_epoch<Item>(epochs, [](const std::string& key, const auto& values) {
            std::vector<Item> out;
            for (const Number value : std::set<Number>(values.begin(), values.end())) {
              out.emplace_back(key, value);
            }
            return out;
          });
        });
}

TEST_CASE("records and keys need no == of their own") {
  struct Pair {
    Number a = 0;
    Number b = 0;
  };
  std::shared_ptr<std::vector<Pair>> records;
  std::shared_ptr<std::vector<std::pair<Pair, Number>>> counts;
  api::PlainLoop loop(api::build([&](api::Scope& scope) {
                        const auto pairs = scope.to_stream<Pair>({{1, 2}, {2, 1}, {1, 2}, {1, 1}});
                        records = pairs.distinct().collect();
                        counts =
                            pairs.key_by([](const Pair& pair) { return pair; }).count().collect();
                      }),
                      {.run = {.workers = 2}, .seed = 3});
  REQUIRE(loop.run().ok());
  REQUIRE(records->size() == 3);
  REQUIRE(counts->size() == 3);
  REQUIRE(counts->at(1).second == 2);
}

TEST_CASE("top_k breaks ties by the canonical order, for each key and for all") {
  using List = std::pair<std::string, std::vector<Item>>;
  const auto more = [](const Item& a, const Item& b) { return a.second > b.second; };
  agree([&](const api::Stream<Item>& items) { return timed(items.key_by(key_of).top_k(2, more)); },
        [](const Epochs& epochs) {
          return by_key_and_epoch<List>(epochs, [](const std::string& key, const auto& values) {
            List list{key, {}};
            for (auto value = values.rbegin(); value != values.rend() && list.second.size() < 2;
                 ++value) {
              list.second.emplace_back(key, *value);
            }
            return std::vector<List>{list};
          });
        });
  agree([&](const api::Stream<Item>& items) { return timed(items.top_k(3, more)); },
        [&](const Epochs& epochs) {
          Timed<Item> all;
          for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
            std::vector<Item> items = epochs[epoch];
            std::sort(items.begin(), items.end(), data::CanonicalLess<Item>{});
            std::stable_sort(items.begin(), items.end(), more);
            items.resize(std::min<std::size_t>(items.size(), 3));
            for (const Item& item : items) {
              all.emplace_back(progress::Time{epoch}, item);
            }
          }
          return in_order(std::move(all));
        });
}

TEST_CASE("scan takes epochs in order, and the records of an epoch in canonical order") {
  using Step = std::pair<std::string, std::string>;
  agree(
      [](const api::Stream<Item>& items) {
        return timed(items.key_by(key_of).scan<std::string, Step>(
            [](const std::string& key, std::string& state, const Item& item, auto& give) {
              state += std::to_string(item.second);
              if (item.second % 2 == 0) {
                give(Step{key, state});
              }
            }));
      },
      [](const Epochs& epochs) {
        std::map<std::string, std::string> states;
        return by_key_and_epoch<Step>(epochs, [&](const std::string& key, const auto& values) {
          std::vector<Step> out;
          for (const Number value : values) {
            states[key] += std::to_string(value);
            if (value % 2 == 0) {
              out.emplace_back(key, states[key]);
            }
          }
          return out;
        });
      });
}

TEST_CASE("a running count takes epochs in order") {
  agree([](const api::Stream<Item>& items) { return timed(items.key_by(key_of).running_count()); },
        [](const Epochs& epochs) {
          std::map<std::string, Number> counts;
          return by_key_and_epoch<Item>(epochs, [&](const std::string& key, const auto& values) {
            std::vector<Item> out;
            for (std::size_t i = 0; i < values.size(); ++i) {
              out.emplace_back(key, ++counts[key]);
            }
            return out;
          });
        });
}

TEST_CASE("a running count inside a loop is refused") {
  REQUIRE_THROWS_AS(api::build([](Scope& scope) {
                      scope.to_stream<Item>({}).iterate("loop", [](const api::Loop&, auto rounds) {
                        rounds.key_by(key_of).running_count();
                        return rounds;
                      });
                    }),
                    dataflow::MisuseError);
}

TEST_CASE("sums of floats that are free of order do not depend on the schedule") {
  base::Random random(7);
  std::vector<std::vector<double>> epochs(2);
  base::FixedSum expected;
  for (int i = 0; i < 50; ++i) {
    const double value = (random.unit() - 0.5) * (i % 7 == 0 ? 1e6 : 1e-6);
    epochs[static_cast<std::size_t>(i % 2)].push_back(value);
    if (i % 2 == 1) {
      expected.add(value);
    }
  }
  always_gives(
      [&](Scope& scope) {
        return timed(by_epoch(scope, epochs)
                         .key_by([](double) { return 0; })
                         .aggregate_any_order<base::FixedSum>(
                             [](base::FixedSum& sum, double value) { sum.add(value); },
                             [](int, const base::FixedSum& sum) { return sum.value(); })
                         .delay([](const progress::Time& time, double) { return time; })
                         .filter([&](double value) { return value == expected.value(); }));
      },
      Timed<double>{{progress::Time{1}, expected.value()}}, 1);
}

}  // namespace
}  // namespace eagre
