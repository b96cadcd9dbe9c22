// Random keyed items by epoch, what a recomputation makes of them, and the comparison: for all
// numbers of workers, batch sizes, budgets and orders of events (a record counted at another time
// or twice, an order that reaches the result, a time delivered too early).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/operators/vocabulary.h"

namespace eagre::testing {

using Item = std::pair<std::string, Number>;
using Epochs = std::vector<std::vector<Item>>;

// Some items are equal.
inline Epochs random_items(std::uint64_t seed) {
  base::Random random(seed);
  return random_epochs(random, 5, 20, [&] {
    const std::size_t length = 1 + random.below(2);
    const char letter = static_cast<char>('a' + random.below(4));
    return Item{std::string(length, letter), random.below(6)};
  });
}

inline std::string key_of(const Item& item) {
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

}  // namespace eagre::testing
