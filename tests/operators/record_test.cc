// Operators that look at one record at a time, and pacts: each against the same thing done to a
// vector, for all numbers of workers, batch sizes, budgets and orders (wrong records, lost or
// doubled records, a function called at the wrong time).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using Numbers = std::vector<Number>;

Numbers numbers(Number n, Number step = 1) {
  Numbers all;
  for (Number i = 0; i < n; i += step) {
    all.push_back(i);
  }
  return all;
}

TEST_CASE("map, filter, flat_map and filter_map do what they do to a vector") {
  Numbers expected;
  for (Number n = 0; n < 60; ++n) {
    if (n % 3 == 0) {
      for (Number i = 0; i < n % 4; ++i) {
        expected.push_back(2 * n + 1);
      }
    }
  }
  always_gives(
      [](Scope& scope) {
        return scope.to_stream(numbers(60))
            .filter([](Number n) { return n % 3 == 0; })
            .map([](Number n) { return std::to_string(n); })
            .flat_map<std::string>([](const std::string& text, auto& give) {
              for (Number i = 0; i < std::stoull(text) % 4; ++i) {
                give(text);
              }
            })
            .filter_map([](const std::string& text) {
              return text.empty() ? std::nullopt : std::optional<Number>(2 * std::stoull(text) + 1);
            })
            .collect();
      },
      expected, 1);
}

TEST_CASE("inspect sees every record once, at its time, and changes nothing") {
  for (std::uint32_t workers = 1; workers <= 3; ++workers) {
    testing::Timed<Number> seen;
    const Numbers passed = run_once(
        [&seen](Scope& scope) {
          auto input = scope.new_input<Number>("numbers");
          scope.drive([input]() mutable {
            for (Number n = 0; n < 30; ++n) {
              input.advance_to(n / 10);
              input.send(n);
            }
          });
          return input.stream()
              .inspect_time(
                  [&seen](const progress::Time& time, Number n) { seen.emplace_back(time, n); })
              .inspect([](Number n) { REQUIRE(n < 30); })
              .collect();
        },
        loop_options(workers));
    REQUIRE(passed == numbers(30));
    testing::Timed<Number> expected;
    for (Number n = 0; n < 30; ++n) {
      expected.emplace_back(progress::Time{n / 10}, n);
    }
    REQUIRE(testing::in_order(seen) == expected);
  }
}

TEST_CASE("branch and partition give every record to one stream") {
  always_gives(
      [](Scope& scope) {
        auto [odd, even] = scope.to_stream(numbers(40)).branch([](Number n) { return n % 2 == 0; });
        auto parts = even.partition(3, [](Number n) { return n % 3; });
        return scope
            .concat<std::string>({odd.map([](Number n) { return "odd " + std::to_string(n); }),
                                  parts[0].map([](Number n) { return "0 " + std::to_string(n); }),
                                  parts[1].map([](Number n) { return "1 " + std::to_string(n); }),
                                  parts[2].map([](Number n) { return "2 " + std::to_string(n); })})
            .collect();
      },
      [] {
        std::vector<std::string> all;
        for (Number n = 0; n < 40; ++n) {
          all.push_back((n % 2 == 1 ? "odd " : std::to_string(n % 3) + " ") + std::to_string(n));
        }
        std::sort(all.begin(), all.end(), data::CanonicalLess<std::string>{});
        return all;
      }(),
      1);
}

TEST_CASE("ok_err gives what succeeds and what fails as two streams") {
  using Result = std::variant<Number, std::string>;
  always_gives(
      [](Scope& scope) {
        auto [ok, err] = scope.to_stream(numbers(20)).ok_err<Number, std::string>([](Number n) {
          return n % 5 == 0 ? Result("bad " + std::to_string(n)) : Result(n * n);
        });
        return ok.map([](Number n) { return std::to_string(n); })
            .concat(err)
            .filter([](const std::string& text) { return text.size() != 3; })
            .collect();
      },
      std::vector<std::string>{"1", "16", "36", "4", "49", "64", "81", "9", "bad 0", "bad 10",
                               "bad 15", "bad 5"},
      1);
}

// Which worker saw which records.
std::vector<Numbers> seen_by_worker(std::uint32_t workers,
                                    api::Stream<Number> (*pact)(const api::Stream<Number>&)) {
  struct Seen : dataflow::Unary<Number, Number> {
    explicit Seen(std::vector<Numbers>* out) : all(out) {}
    void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>&) override {
      for (const Number n : input) {
        (*all)[worker()].push_back(n);
      }
    }
    std::vector<Numbers>* all;
  };
  std::vector<Numbers> seen(workers);
  run_once(
      [&](Scope& scope) {
        return pact(scope.to_stream(numbers(100))).apply<Seen>("seen", &seen).collect();
      },
      loop_options(workers, 64));
  for (Numbers& each : seen) {
    std::sort(each.begin(), each.end());
  }
  return seen;
}

TEST_CASE("pacts give records to the workers that they say") {
  using Stream = api::Stream<Number>;
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    CAPTURE(workers);
    for (const Numbers& each :
         seen_by_worker(workers, [](const Stream& stream) { return stream.broadcast(); })) {
      REQUIRE(each == numbers(100));
    }
    const auto gathered =
        seen_by_worker(workers, [](const Stream& stream) { return stream.gather(); });
    REQUIRE(gathered[0] == numbers(100));
    const auto balanced =
        seen_by_worker(workers, [](const Stream& stream) { return stream.rebalance(); });
    const auto routed = seen_by_worker(
        workers, [](const Stream& stream) { return stream.route([](Number n) { return n; }); });
    const auto exchanged = seen_by_worker(workers, [](const Stream& stream) {
      return stream.exchange([](Number n) { return n % 10; });
    });
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      REQUIRE(balanced[worker].size() + 3 >= 100 / workers);
      REQUIRE(balanced[worker].size() <= 100 / workers + workers);
      for (const Number n : routed[worker]) {
        REQUIRE(n % workers == worker);
      }
      for (const Number n : exchanged[worker]) {
        REQUIRE(data::worker_of_group(data::key_group(data::key_hash(n % 10)), workers) == worker);
      }
    }
  }
}

TEST_CASE("a source gives its records, epoch by epoch, and may be of any length") {
  for (const Number n : {0U, 1U, 4096U, 10000U}) {
    const auto define = [n](Scope& scope) {
      return testing::timed(
          scope
              .source<Number>("source",
                              [n](std::uint32_t worker, std::uint32_t workers) {
                                return [n, workers, next = Number{worker}](
                                           operators::SourceOutput<Number>& output) mutable {
                                  while (next < n && !output.full()) {
                                    output.advance_to(next / 100);
                                    output.give(next);
                                    next += workers;
                                  }
                                  return next < n;
                                };
                              })
              .filter([](Number record) { return record % 7 == 0; }));
    };
    testing::Timed<Number> expected;
    for (Number record = 0; record < n; record += 7) {
      expected.emplace_back(progress::Time{record / 100}, record);
    }
    for (std::uint32_t workers = 1; workers <= 3; ++workers) {
      REQUIRE(run_once(define, loop_options(workers, 512, 4096)) == expected);
    }
  }
}

TEST_CASE("what a lambda, a class and a library operator do alike gives alike") {
  struct Doubler : dataflow::Unary<Number, Number> {
    void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>& output) override {
      auto session = output.session();
      for (const Number n : input) {
        session.give(2 * n);
      }
    }
  };
  always_gives(
      [](Scope& scope) {
        const auto source = scope.to_stream(numbers(20));
        return source.map([](Number n) { return 2 * n; })
            .concat(source.apply<Doubler>("doubler"))
            .concat(source.unary<Number>(
                "double",
                [](const dataflow::Input<Number>& input, dataflow::Output<Number>& output) {
                  auto session = output.session();
                  input.for_each([&](Number n) { session.give(2 * n); });
                }))
            .distinct()
            .collect();
      },
      numbers(40, 2), 1);
}

}  // namespace
}  // namespace eagre
