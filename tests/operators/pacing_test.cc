// How far ahead sources may be: of their slowest instance, and of what follows them (memory that
// grows with the length of the input; a dataflow that stands still because a source waits for what
// waits for the source).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/operators/vocabulary.h"
#include "tests/support/lag.h"

namespace eagre {
namespace {

TEST_CASE("no instance of a source is more than eight epochs ahead of the slowest") {
  constexpr Number kEpochs = 100;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<Number> at(3, 0);
    Number largest_lead = 0;
    // The first worker's instance takes three polls for an epoch, the others as many epochs in a
    // poll as they may.
    const auto define = [&](Scope& scope) {
      return testing::timed(
          scope.source<Number>("source", [&](std::uint32_t worker, std::uint32_t) {
            return [&, worker, polls = 0](operators::SourceOutput<Number>& output) mutable {
              if (worker == 0 && ++polls % 3 != 0) {
                return true;
              }
              while (at[worker] != kEpochs && !output.full()) {
                output.give(at[worker]);
                output.advance_to(++at[worker]);
                if (at[0] != kEpochs) {
                  largest_lead = std::max(largest_lead, at[worker] - std::min(at[worker], at[0]));
                }
                if (worker == 0) {
                  break;
                }
              }
              return at[worker] != kEpochs;
            };
          }));
    };
    testing::Timed<Number> expected;
    for (Number epoch = 0; epoch < kEpochs; ++epoch) {
      expected.insert(expected.end(), 3, {progress::Time{epoch}, epoch});
    }
    api::PlainLoopOptions options = loop_options(3, 512, 4096);
    options.seed = seed;
    REQUIRE(run_once(define, options) == expected);
    REQUIRE(largest_lead == 8);
  }
}

// A source of one record an epoch, which notes how far it is ahead of the epochs that `seen` notes
// behind an operator that takes them in order.
template <class Before>
Number lead_before_running_count(std::uint64_t seed, Number epochs, Before before) {
  Number seen = 0;
  Number largest_lead = 0;
  const auto define = [&](Scope& scope) {
    const api::Stream<Number> numbers =
        scope.source<Number>("source", [&](std::uint32_t worker, std::uint32_t workers) {
          return
              [&, workers, at = Number{worker}](operators::SourceOutput<Number>& output) mutable {
                while (at < epochs && !output.full()) {
                  output.advance_to(at);
                  output.give(at);
                  largest_lead = std::max(largest_lead, at - std::min(at, seen));
                  at += workers;
                }
                return at < epochs;
              };
        });
    return testing::timed(
        before(numbers)
            .key_by([](Number n) { return n; })
            .running_count()
            .inspect([&](const std::pair<Number, std::uint64_t>& counted) {
              seen = std::max(seen, counted.first);
            })
            .map([](const std::pair<Number, std::uint64_t>& counted) { return counted.first; }));
  };
  testing::Timed<Number> expected;
  for (Number epoch = 0; epoch < epochs; ++epoch) {
    expected.emplace_back(progress::Time{epoch}, epoch);
  }
  api::PlainLoopOptions options = loop_options(2, 512, 4096);
  options.seed = seed;
  REQUIRE(run_once(define, options) == expected);
  return largest_lead;
}

TEST_CASE("a source is no more than eight epochs ahead of what takes epochs in order") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    // An instance steps over the other one's epoch, and has seen all but the last one below the
    // frontier that it knows.
    REQUIRE(lead_before_running_count(
                seed, 200, [](const api::Stream<Number>& numbers) { return numbers; }) <= 8 + 2);
  }
}

TEST_CASE("a source goes further ahead where an operator waits for later epochs") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const Number lead =
        lead_before_running_count(seed, 200, [](const api::Stream<Number>& numbers) {
          return numbers.apply<testing::Lag>("lag", Number{20});
        });
    REQUIRE(lead > 20);
    // Twice eight is too little, four times is enough.
    REQUIRE(lead <= 32 + 2);
  }
}

}  // namespace
}  // namespace eagre
