// Whole programs over the API.
// Examples: results in the order of the program, requests to operators.
// Shape: time to build and run grows with the number of operators, idle operators do not work.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Scope;
using testing::by_epoch;
using testing::loop_options;

using Number = std::uint64_t;

TEST_CASE("a program's results come in the order of its parts, each sorted as it says") {
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      api::Program program = api::build([](Scope& scope) {
        const auto numbers = by_epoch<Number>(scope, {{3, 1, 2}, {5, 4}});
        const auto text = [](Number n) { return std::to_string(n); };
        numbers.write([](Number a, Number b) { return a > b; }, text);
        scope.result("between\n");
        numbers.map([](Number n) { return 10 * n; }).write(text);
      });
      const auto results = program.results;
      api::PlainLoop loop(std::move(program), loop_options(workers, 1, 64, seed));
      REQUIRE(loop.run().ok());
      std::string all;
      for (const auto& part : results) {
        all += *part;
      }
      REQUIRE(all == "3\n2\n1\n5\n4\nbetween\n10\n20\n30\n40\n50\n");
    }
  }
}

// Sums by key; tells the sum of a key to whoever asks.
class Sums final : public dataflow::Answering<dataflow::Unary<Number, Number>, Number, Number> {
 public:
  void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>& output) override {
    for (const Number n : input) {
      sums_[n % 10] += n;
    }
    output.forward(input.batch());
  }
  Number on_ask(const Number& key) const override {
    const auto found = sums_.find(key);
    return found == sums_.end() ? 0 : found->second;
  }

 private:
  std::map<Number, Number> sums_;
};

TEST_CASE("operators are asked by key, and answer what is complete") {
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    const base::Status status = testing::status_of(
        [](Scope& scope) {
          auto input = scope.new_input<Number>("input");
          const auto sums =
              input.stream().exchange([](Number n) { return n % 10; }).apply<Sums>("sums");
          const auto probe = sums.probe();
          scope.drive([input, probe, handles = sums.handles()]() mutable {
            for (Number n = 0; n < 100; ++n) {
              input.send(n);
            }
            input.advance_to(1);
            probe.wait_until(1);
            for (Number key = 0; key < 10; ++key) {
              REQUIRE(handles.ask<Number>(key, key).value() == 450 + 10 * key);
            }
            REQUIRE(handles.ask<std::string>(Number{1}, Number{1}).status().code() ==
                    base::Code::usage);
            REQUIRE(handles.ask<Number>(Number{1}, std::string("1")).status().code() ==
                    base::Code::usage);
          });
        },
        loop_options(workers));
    REQUIRE(status.to_string() == "ok");
  }
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Chains {
  double seconds = 0;
  std::uint64_t steps = 0;
};

// Builds and drains `count` chains of n operators each, of which half see nothing. All live until
// the last has ended, so that many short chains need the memory (and caches) of a long one.
Chains run_chains(int count, int n) {
  std::vector<std::unique_ptr<api::PlainLoop>> loops;
  Chains result;
  const double start = cpu_seconds();
  for (int chain = 0; chain < count; ++chain) {
    std::vector<plan::NodeIndex> idle;
    api::Program program = api::build([&](Scope& scope) {
      auto input = scope.new_input<Number>("input");
      const auto [none, all] = input.stream().branch([](Number) { return true; });
      auto busy = all;
      auto quiet = none;
      for (int i = 0; i < n / 2; ++i) {
        busy = busy.boundary().map([](Number k) { return k; });
        quiet = quiet.boundary().map([](Number k) { return k; });
        idle.push_back(quiet.end().node);
      }
      const auto probe = busy.probe();
      scope.drive([=]() mutable {
        for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
          input.send(epoch);
          input.advance_to(epoch);
          probe.wait_until(epoch);
        }
      });
    });
    api::PlainLoopOptions options = loop_options(1);
    options.audit_every = 0;
    loops.push_back(std::make_unique<api::PlainLoop>(std::move(program), options));
    REQUIRE(loops.back()->run().to_string() == "ok");
    result.steps += loops.back()->steps();
    for (const plan::NodeIndex node : idle) {
      REQUIRE(loops.back()->activations(node) == 0);
    }
  }
  result.seconds = cpu_seconds() - start;
  return result;
}

TEST_CASE("ten times the operators take at most fifteen times as long, and idle ones do nothing") {
  double factor = 1000;
  for (int attempt = 0; attempt < 3 && factor > 15; ++attempt) {
    const Chains small = run_chains(10, 1000);
    const Chains large = run_chains(1, 10000);
    REQUIRE(large.steps < small.steps * 11 / 10);
    factor = 10 * large.seconds / small.seconds;
  }
  REQUIRE(factor <= 15);
}

}  // namespace
}  // namespace eagre
