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

// A diamond, an exchange, a join and a loop, one after another.
Stream<std::uint64_t> tangle(const Stream<std::uint64_t>& stream) {
  const auto [odd, even] = stream.branch([](std::uint64_t n) { return n % 2 == 0; });
  const auto both =
      odd.map([](std::uint64_t n) { return n; }).concat(even.rebalance().map([](std::uint64_t n) {
        return n;
      }));
  const auto same = [](std::uint64_t n) { return n; };
  return both.key_by(same)
      .join(stream.key_by(same), [](std::uint64_t n, std::uint64_t, std::uint64_t) { return n; })
      .iterate("loop",
               [](const api::Loop&, const Stream<std::uint64_t>& rounds) {
                 return rounds.exchange([](std::uint64_t n) { return n; })
                     .filter([](std::uint64_t n) { return n < 1000; })
                     .map([](std::uint64_t n) { return n + 300; });
               })
      .broadcast();
}

TEST_CASE("with any budget, order and number of workers, a dataflow comes to its end") {
  for (const std::uint64_t inbox_bytes : {1U, 700U, 1024U, 5000U}) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const auto workers = static_cast<std::uint32_t>(1 + seed % 4);
      CAPTURE(inbox_bytes, seed, workers);
      const auto counts = run_once(
          [](Scope& scope) { return tangle(scope.to_stream(numbers(400))).count().collect(); },
          loop_options(workers, 256, inbox_bytes, seed));
      // n leaves the loop as n + 300 while it was below 1000: 4 times below 100, else 3 times.
      REQUIRE(counts == std::vector<std::uint64_t>{workers * (100 * 4 + 300 * 3)});
    }
  }
}

// Bytes that were under way at most, beside the budget of all inboxes.
struct Peak {
  std::uint64_t bytes = 0;
  std::uint64_t budget = 0;
};

template <class Define>
Peak peak_of(const Define& define, api::PlainLoopOptions options) {
  options.audit_every = 1;
  api::Program program = api::build(define);
  const std::uint64_t inboxes = program.plan.nodes.size() * options.run.workers;
  api::PlainLoop loop(std::move(program), options);
  REQUIRE(loop.run().to_string() == "ok");
  return {loop.most_bytes_under_way(), inboxes * options.run.inbox_bytes};
}

TEST_CASE("what is under way is bounded by the budgets, however much goes through") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    const Peak peak = peak_of(
        [](Scope& scope) {
          scope.to_stream(numbers(20000))
              .map([](std::uint64_t n) { return n; })
              .exchange([](std::uint64_t n) { return n; })
              .flat_map<std::uint64_t>([](std::uint64_t n, auto& give) {
                give(n);
                give(n);
              })
              .rebalance()
              .for_each([](std::uint64_t) {});
        },
        loop_options(2, 64 << 10, 4096, seed));
    REQUIRE(peak.bytes > 0);
    // An activation may overdraw by the batches it has open.
    REQUIRE(peak.bytes <= peak.budget * 5 / 4);
  }
}

TEST_CASE("what was delayed leaves no faster than there is room for it") {
  const auto later = [](const progress::Time& time) { return time.with(0, 3); };
  for (const bool batches : {true, false}) {
    const Peak peak = peak_of(
        [&](Scope& scope) {
          const auto all = scope.to_stream(numbers(20000));
          const auto delayed = batches ? all.delay_batch(later)
                                       : all.delay([later](const progress::Time& time,
                                                           std::uint64_t) { return later(time); });
          delayed.exchange([](std::uint64_t n) { return n; }).for_each([](std::uint64_t) {});
        },
        loop_options(2, 1024, 4096, 1));
    REQUIRE(peak.bytes > 0);
    REQUIRE(peak.bytes <= peak.budget * 3 / 2);
  }
}

TEST_CASE("the driving program is held back while its input's inbox is full") {
  const Peak peak = peak_of(
      [](Scope& scope) {
        auto input = scope.new_input<std::uint64_t>("input");
        input.stream().for_each([](std::uint64_t) {});
        scope.drive([input]() mutable {
          for (std::uint64_t n = 0; n < 20000; ++n) {
            input.send(n);
            if (n % 10 == 0) {
              input.flush();
            }
          }
        });
      },
      loop_options(2, 64 << 10, 4096));
  REQUIRE(peak.bytes <= peak.budget * 5 / 4);
}

TEST_CASE("the results of a time may be many and leave in pieces") {
  const Peak peak = peak_of(
      [](Scope& scope) {
        scope.to_stream(numbers(20000))
            .key_by([](std::uint64_t n) { return n; })
            .count()
            .for_each([](const auto&) {});
      },
      loop_options(2, 64 << 10, 4096));
  REQUIRE(peak.bytes <= peak.budget * 5 / 4);
}

TEST_CASE("a batch above the inbox budget passes alone") {
  const std::string large(100000, 'x');
  always_gives(
      [&](Scope& scope) {
        return scope.to_stream<std::string>({large, "a", large + "y"})
            .exchange([](const std::string& text) { return text; })
            .map([](const std::string& text) { return text.size(); })
            .collect();
      },
      std::vector<std::size_t>{1, 100000, 100001});
}

}  // namespace
}  // namespace eagre
