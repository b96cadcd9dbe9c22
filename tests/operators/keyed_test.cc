// Operators that choose among the records of a time, keyed and not, against the same computed from
// scratch over random input.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/operators/keyed_items.h"

namespace eagre {
namespace {

using testing::agree;
using testing::by_key_and_epoch;
using testing::Epochs;
using testing::Item;
using testing::key_of;

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

}  // namespace
}  // namespace eagre
