// Operators whose state outlives a time, against the same computed from scratch over random input.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
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

TEST_CASE("a total is told once, at the end, whatever the epochs") {
  agree([](const api::Stream<Item>& items) { return timed(items.key_by(key_of).total()); },
        [](const Epochs& epochs) {
          std::map<std::string, Number> counts;
          for (const auto& epoch : epochs) {
            for (const Item& item : epoch) {
              ++counts[key_of(item)];
            }
          }
          Timed<std::pair<std::string, Number>> all;
          for (const auto& count : counts) {
            all.emplace_back(progress::Time{~std::uint64_t{0}}, count);
          }
          return all;
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

}  // namespace
}  // namespace eagre
