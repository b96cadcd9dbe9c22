// Byte budgets of inboxes, in whole dataflows in a plain loop.
// Regression: credit of an operator with several outputs (aborts).
// Laws, over seeds, workers and tiny budgets: a dataflow never stands still (deadlock), and what is
// under way stays bounded (back-pressure that does not reach the sources).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Scope;
using api::Stream;
using testing::always_gives;
using testing::loop_options;
using testing::run_once;

std::vector<std::uint64_t> numbers(std::uint64_t n) {
  std::vector<std::uint64_t> all(n);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

TEST_CASE("credit comes back to the output that it belongs to") {
  always_gives(
      [](Scope& scope) {
        auto [odd, even] =
            scope.to_stream(numbers(100)).branch([](std::uint64_t n) { return n % 2 == 0; });
        return odd.concat(even).collect();
      },
      numbers(100), 1);
}

}  // namespace
}  // namespace eagre
