// Operators that deal in times and frontiers: delay, notifications, unordered inputs, probes,
// capture and replay; for all numbers of workers, batch sizes, budgets and orders of events (a
// record before its time, a frontier past a record, a time delivered twice or too early).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using progress::Time;

const std::vector<std::vector<Number>> kEpochs = {{0, 1, 2, 3}, {10, 11}, {}, {30, 31, 32}};

TEST_CASE("delay moves each record, delay_batch each time, and neither loses any") {
  Timed<Number> each;
  Timed<Number> whole;
  for (Number epoch = 0; epoch < kEpochs.size(); ++epoch) {
    for (const Number n : kEpochs[epoch]) {
      each.emplace_back(Time{epoch + n % 3}, n);
      whole.emplace_back(Time{2 * epoch}, n);
    }
  }
  always_gives(
      [](Scope& scope) {
        return timed(by_epoch(scope, kEpochs).delay([](const Time& time, Number n) {
          return Time{time[0] + n % 3};
        }));
      },
      in_order(each));
  always_gives(
      [](Scope& scope) {
        return timed(by_epoch(scope, kEpochs).delay_batch([](const Time& time) {
          return Time{2 * time[0]};
        }));
      },
      in_order(whole));
}

TEST_CASE("a record delayed to a time that is reached already goes at once") {
  run_once(
      [](Scope& scope) {
        auto input = scope.new_input<Number>("input");
        auto count = std::make_shared<int>(0);
        auto probe = input.stream()
                         .delay([](const Time& time, Number) { return time; })
                         .inspect([count](Number) { ++*count; })
                         .probe();
        auto out = input.stream().collect();
        scope.drive([=]() mutable {
          input.advance_to(1);
          probe.wait_until(1);
          input.send(7);
          input.flush();
          // Epoch 1 is not complete, and nothing earlier is outstanding.
          auto later = input;
          later.advance_to(2);
          probe.wait_until(2);
          REQUIRE(*count == 1);
        });
        return out;
      },
      loop_options(1));
}

TEST_CASE("a notification comes once, after all records of its time, least times first") {
  struct Watch : dataflow::Unary<Number, Number> {
    void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>& output) override {
      REQUIRE_FALSE(told.contains(input.time()));
      notify_at(output.retain());
      notify_at(output.retain());
      REQUIRE(notify_pending(input.time()));
      sums[input.time()] += input.size();
    }
    void on_notify(progress::Capability at, dataflow::Output<Number>& output) override {
      REQUIRE(complete(at.time()));
      REQUIRE(told.insert(at.time()).second);
      REQUIRE(*told.rbegin() == at.time());
      output.session(at).give(sums.at(at.time()));
    }
    std::set<Time, progress::LexicographicLess> told;
    std::map<Time, Number, progress::LexicographicLess> sums;
  };
  always_gives(
      [](Scope& scope) { return timed(by_epoch(scope, kEpochs).gather().apply<Watch>("watch")); },
      Timed<Number>{{{0}, 4}, {{1}, 2}, {{3}, 3}});
}

// Sends all it has seen when its input has ended, at the time of the first record.
struct Last : dataflow::Unary<Number, Number> {
  static constexpr progress::Interest kInterest = progress::Interest::always;
  void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>& output) override {
    if (!held.valid()) {
      held = output.retain();
    }
    input.for_each([&](Number n) { sum += n; });
  }
  bool on_frontier(dataflow::Output<Number>& output) override {
    if (frontier().empty() && held.valid()) {
      output.session(held).give(sum);
      held.drop();
    }
    return false;
  }
  progress::Capability held;
  Number sum = 0;
};

TEST_CASE("an operator may keep a capability and send long after") {
  always_gives(
      [](Scope& scope) { return by_epoch(scope, kEpochs).gather().apply<Last>("last").collect(); },
      std::vector<Number>{120});
}

TEST_CASE("a lambda with notifications keeps its state") {
  using Counts = std::map<Time, Number, progress::LexicographicLess>;
  always_gives(
      [](Scope& scope) {
        return timed(
            by_epoch(scope, kEpochs)
                .gather()
                .unary_notify<Number, Counts>(
                    "count",
                    [](Counts& counts, const dataflow::Input<Number>& input,
                       dataflow::Output<Number>& output, dataflow::TypedOperator& self) {
                      counts[input.time()] += input.size();
                      self.notify_at(output.retain());
                    },
                    [](Counts& counts, progress::Capability at, dataflow::Output<Number>& output) {
                      output.session(at).give(counts.at(at.time()));
                    }));
      },
      Timed<Number>{{{0}, 4}, {{1}, 2}, {{3}, 3}}, 1);
}

TEST_CASE("an unordered input takes epochs in any order") {
  always_gives(
      [](Scope& scope) {
        auto input = scope.new_unordered_input<Number>("input");
        scope.drive([input]() mutable {
          input.hold(5);
          input.send(7, {70, 71});
          input.send(2, {20});
          input.release(0);
          input.send(5, {50});
          input.hold(6);
          input.release(5);
          input.send(6, {});
          input.send(6, {60});
          input.release(6);
        });
        return timed(input.stream());
      },
      Timed<Number>{{{2}, {20}}, {{5}, {50}}, {{6}, {60}}, {{7}, {70}}, {{7}, {71}}}, 1);
}

TEST_CASE("a probe says how far a stream has come, and one of several the least of them") {
  for (std::uint32_t workers = 1; workers <= 3; ++workers) {
    run_once(
        [](Scope& scope) {
          auto left = scope.new_input<Number>("left");
          auto right = scope.new_input<std::string>("right");
          auto probe = left.stream().map([](Number n) { return n + 1; }).probe();
          auto both = scope.probe(left.stream(), right.stream());
          scope.drive([=]() mutable {
            REQUIRE(probe.less_equal(Time{0}));
            REQUIRE_FALSE(probe.less_than(Time{0}));
            left.send(1);
            left.advance_to(3);
            probe.wait_until(3);
            REQUIRE_FALSE(probe.less_than(Time{3}));
            REQUIRE(probe.less_equal(Time{3}));
            REQUIRE(both.frontier() == progress::Antichain{Time{0}});
            right.advance_to(2);
            both.wait_until(2);
            REQUIRE(both.frontier() == progress::Antichain{Time{2}});
            right.close();
            both.wait_until(3);
            left.close();
            probe.wait_until(1000);
            REQUIRE(probe.done());
          });
          return left.stream().collect();
        },
        loop_options(workers));
  }
}

TEST_CASE("a captured stream replayed is the stream, with any number of workers on each side") {
  for (std::uint32_t written_by = 1; written_by <= 3; ++written_by) {
    std::shared_ptr<operators::CaptureLog> log;
    const Timed<Number> expected = run_once(
        [&](Scope& scope) {
          const auto stream = by_epoch(scope, kEpochs).rebalance().map([](Number n) { return n; });
          log = stream.capture();
          return timed(stream);
        },
        loop_options(written_by, 16));
    always_gives([&](Scope& scope) { return timed(scope.replay<Number>(log)); }, expected, 1);
  }
}

TEST_CASE("a stream captured in a loop cannot be replayed outside of one") {
  std::shared_ptr<operators::CaptureLog> log;
  run_once(
      [&](Scope& scope) {
        const api::Loop loop = scope.loop("loop");
        const auto inside = scope.to_stream<Number>({1}).enter(loop);
        log = inside.capture();
        return inside.collect();
      },
      loop_options(1));
  const base::Status status =
      testing::status_of([&](Scope& scope) { scope.replay<Number>(log).collect(); });
  REQUIRE(status.message().find("a stream is replayed in a scope as deep as") != std::string::npos);
  REQUIRE(status.message().find("\"replay\"") != std::string::npos);
}

}  // namespace
}  // namespace eagre
