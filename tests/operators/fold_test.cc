// Folds over the records of a time, keyed and not, against the same computed from scratch over
// random input.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/fixed_sum.h"
#include "tests/operators/keyed_items.h"

namespace eagre {
namespace {

using testing::agree;
using testing::by_key_and_epoch;
using testing::Epochs;
using testing::Item;
using testing::key_of;

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
