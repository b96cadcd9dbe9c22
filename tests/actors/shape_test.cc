// How cost grows with the number of operators.
// Shape: the time to build and drain chains of 1,000 and 10,000 operators, medians of several runs
// compared (quadratic work). Idleness: an operator without work is never activated (work that grows
// with operators instead of with records).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/eagre.h"
#include "tests/actors/stage.h"

namespace eagre {
namespace {

using Number = std::uint64_t;

Stream<Number> chain(Stream<Number> stream, int length) {
  for (int i = 0; i < length; ++i) {
    stream = stream.map([](Number n) { return n + 1; });
  }
  return stream;
}

double seconds_for(int length) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
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
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    REQUIRE(status.to_string() == "ok");
    REQUIRE(result == std::to_string(length + 1) + "\n");
  }
  std::sort(times.begin(), times.end());
  return times[1];
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
