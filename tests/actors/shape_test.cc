// How cost grows with the number of operators.
// Shape: the time to build and drain chains of 1,000 and 10,000 operators, medians of several runs
// compared (quadratic work). Idleness: an operator without work is never activated (work that grows
// with operators instead of with records).
#include <fmt/core.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "actors/eagre.h"
#include "tests/actors/child.h"
#include "tests/actors/stage.h"

namespace eagre {
namespace {

using Number = std::uint64_t;

Stream<Number> chain(Stream<Number> stream, int length) {
  for (int i = 0; i < length; ++i) {
    stream = stream.boundary().map([](Number n) { return n + 1; });
  }
  return stream;
}

// Processor time to build, run and drain a chain, in a process of its own as programs do: a chain
// that finds the memory of the one before it still warm is several times faster, the shorter the
// more so.
double seconds_for(int length) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const testing::Outcome outcome = testing::in_child([length] {
      const std::clock_t start = std::clock();
      Options options;
      options.workers = 1;
      std::string result;
      const Status status = run(
          options,
          [length](Scope& scope) {
            chain(scope.to_stream(std::vector<Number>{1}), length).write([](Number n) {
              return std::to_string(n);
            });
          },
          &result);
      fmt::print("{}", static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
      return status.ok() && result == std::to_string(length + 1) + "\n" ? 0 : 1;
    });
    REQUIRE(outcome.code == 0);
    times.push_back(std::stod(outcome.out));
  }
  std::sort(times.begin(), times.end());
  return times[2];
}

TEST_CASE("ten times the operators take at most fifteen times the time") {
  const double thousand = seconds_for(1000);
  const double ten_thousand = seconds_for(10000);
  CAPTURE(thousand, ten_thousand);
  CHECK(ten_thousand <= 15 * thousand);
}

TEST_CASE("an operator that has nothing to do is never activated") {
  std::optional<InputHandle<Number>> busy;
  std::optional<InputHandle<Number>> idle;
  constexpr std::uint32_t kIdle = 100;
  testing::Stage stage(
      [&](Scope& scope) {
        idle = scope.new_input<Number>("idle");
        chain(idle->stream(), kIdle);
        busy = scope.new_input<Number>("busy");
        busy->stream().distinct().probe();
      },
      2);
  stage.run_all();
  stage.program().drive = [&] {
    for (Number epoch = 1; epoch <= 10; ++epoch) {
      busy->send(epoch);
      busy->advance_to(epoch);
      stage.run_all();
    }
    for (std::uint32_t i = 0; i < stage.run().deployment->instances(); ++i) {
      const std::uint64_t activations = (*stage.run().counters)[i].activations;
      CAPTURE(i);
      CHECK((activations == 0) == (i < 2 * (kIdle + 1)));
    }
  };
  REQUIRE(stage.drive().ok());
  stage.run_all();
  CHECK(stage.driver().wait().ok());
}

}  // namespace
}  // namespace eagre
