// What workers do that have nothing to do. Measured: the processor time of a process of its own,
// which hardly depends on what else the machine does. While a dataflow waits for input it is next
// to none (workers that poll or spin on); more workers than cores take turns in rounds that need
// them all (a worker that spins keeps a core from the one that it waits for).
#include <fmt/core.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "actors/eagre.h"
#include "tests/actors/child.h"

namespace eagre {
namespace {

using Number = std::uint64_t;

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// What `body` returns, in a process of its own.
double in_own_process(const std::function<double()>& body) {
  const testing::Outcome outcome = testing::in_child([&] {
    fmt::print("{}", body());
    return 0;
  });
  REQUIRE(outcome.code == 0);
  return std::stod(outcome.out);
}

Options workers(std::uint32_t n) {
  Options options;
  options.workers = n;
  return options;
}

// Processor time that a dataflow takes in a while without input, between two epochs of a thousand
// records; a large number if it does not count them all.
double seconds_at_rest(std::uint32_t n, std::chrono::milliseconds rest) {
  double taken = 0;
  std::string result;
  const Status status = run(
      workers(n),
      [&](Scope& scope) {
        auto input = scope.new_input<Number>("input");
        input.stream().key_by([](Number x) { return x % 7; }).count().write([](const auto& count) {
          return fmt::format("{} {}", count.first, count.second);
        });
        scope.drive([input, rest, &taken]() mutable {
          for (Number epoch = 0; epoch < 2; ++epoch) {
            for (Number i = 0; i < 1000; ++i) {
              input.send(i);
            }
            input.advance_to(epoch + 1);
            if (epoch == 0) {
              // What was sent is worked off, and workers have stopped looking for more.
              std::this_thread::sleep_for(std::chrono::milliseconds(200));
              const double before = processor_seconds();
              std::this_thread::sleep_for(rest);
              taken = processor_seconds() - before;
            }
          }
        });
      },
      &result);
  return status.ok() && std::count(result.begin(), result.end(), '\n') == 14 ? taken : 1000;
}

// Asks for one notification after the other.
class Step final : public Unary<Number, Number> {
 public:
  explicit Step(Number rounds) : rounds_(rounds) {}

  void on_batch(const Input<Number>&, Output<Number>& output) override {
    if (!std::exchange(started_, true)) {
      notify_at(output.retain());
    }
  }
  void on_notify(Capability at, Output<Number>&) override {
    if (at.time().last() != rounds_) {
      at.downgrade({at.time()[0], at.time().last() + 1});
      notify_at(std::move(at));
    }
  }

 private:
  Number rounds_;
  bool started_ = false;
};

// Processor time of rounds which all workers must have begun before one begins the next.
double seconds_for_rounds(std::uint32_t n, Number rounds) {
  const double before = processor_seconds();
  const Status status = run(workers(n), [rounds](Scope& scope) {
    const Loop loop = scope.loop("rounds");
    const LoopVariable<Number> again(loop, "again");
    const auto start = scope.to_stream<Number>({0}, "start").broadcast().enter(loop);
    again.connect(loop.concat<Number>({start, again.stream()}).apply<Step>("step", rounds));
  });
  return status.ok() ? processor_seconds() - before : 1000;
}

TEST_CASE("a dataflow that waits for input takes less than a hundredth of a processor") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("the times of a sanitizer are its own");
#endif
  for (const std::uint32_t n : {1U, 2U, 8U}) {
    const double taken =
        in_own_process([n] { return seconds_at_rest(n, std::chrono::milliseconds(1500)); });
    CAPTURE(n, taken);
    CHECK(taken < 0.015);
  }
}

TEST_CASE("workers beyond the cores do not keep the others from theirs") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("the times of a sanitizer are its own");
#endif
  const std::uint32_t cores = actors::usable_cores();
  constexpr Number kRounds = 5'000;
  const double fitting = in_own_process([=] { return seconds_for_rounds(cores, kRounds); });
  const double many = in_own_process([=] { return seconds_for_rounds(4 * cores, kRounds); });
  CAPTURE(cores, fitting, many);
  // Four times the instances take part in each round, and they sleep and wake. One that spins is
  // interrupted by nobody for milliseconds: then it is a hundred times and more.
  CHECK(many < 40 * fitting);
}

}  // namespace
}  // namespace eagre
