#include <chrono>

#include "tools/src/bench/fleet.h"
#include "tools/src/bench/memory.h"
#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace eagre::bench {
namespace {

using Clock = std::chrono::steady_clock;

// When the first round began and the last one was complete, on the first worker. Threads: written
// by the dataflow, read after it.
struct RoundTimes {
  Clock::time_point begin;
  Clock::time_point end;
};

// Sends `per_round` numbers in each round, and starts the next round when the last one is complete
// on all workers. The loop's input only starts it.
class Rounds final : public Unary<std::uint64_t, std::uint64_t> {
 public:
  Rounds(std::uint64_t rounds, std::uint64_t per_round, std::shared_ptr<RoundTimes> times = nullptr)
      : rounds_(rounds), per_round_(per_round), times_(std::move(times)) {}

  void on_batch(const Input<std::uint64_t>&, Output<std::uint64_t>& output) override {
    if (!started_) {
      started_ = true;
      notify_at(output.retain());
    }
  }

  void on_notify(Capability at, Output<std::uint64_t>& output) override {
    if (times_ != nullptr && worker() == 0) {
      if (at.time().last() == 0) {
        times_->begin = Clock::now();
      } else if (at.time().last() == rounds_) {
        times_->end = Clock::now();
      }
    }
    if (at.time().last() == rounds_) {
      return;
    }
    output.session(at).generate(per_round_, [](std::uint64_t i) { return i; });
    at.downgrade({at.time()[0], at.time().last() + 1});
    notify_at(std::move(at));
  }

 private:
  std::uint64_t rounds_;
  std::uint64_t per_round_;
  std::shared_ptr<RoundTimes> times_;
  bool started_ = false;
};

// Passes a round on when it is complete, and keeps the right to the next one.
class Step final : public Unary<std::uint64_t, std::uint64_t> {
 public:
  explicit Step(std::uint64_t rounds) : rounds_(rounds) {}

  void on_batch(const Input<std::uint64_t>& input, Output<std::uint64_t>& output) override {
    if (!started_) {
      started_ = true;
      notify_at(output.retain());
      output.forward(input.batch());
    }
  }
  void on_notify(Capability at, Output<std::uint64_t>&) override {
    if (at.time().last() != rounds_) {
      at.downgrade({at.time()[0], at.time().last() + 1});
      notify_at(std::move(at));
    }
  }

 private:
  std::uint64_t rounds_;
  bool started_ = false;
};

Stream<std::uint64_t> start(const Scope& scope, const eagre::Loop& loop) {
  return scope.to_stream<std::uint64_t>({0}, "start").broadcast().enter(loop);
}

// How many times fewer rounds are run where each takes a way through the network.
std::uint64_t slower() {
  return place().processes > 1 ? 10 : 1;
}

// Where a loop's body ends that sends nothing around.
Stream<std::uint64_t> nothing_of(const Stream<std::uint64_t>& stream) {
  return stream.filter([](const std::uint64_t&) { return false; });
}

base::Result<Sample> exchange(std::uint32_t workers, std::uint64_t rounds,
                              std::uint64_t per_round) {
  auto totals = std::make_shared<Totals>();
  const std::uint64_t records = rounds * per_round * workers;
  return checked(
      run_timed(workers, records,
                [&](Scope& scope) {
                  const eagre::Loop loop = scope.loop("rounds");
                  const LoopVariable<std::uint64_t> again(loop, "again");
                  const auto sent = loop.concat<std::uint64_t>({start(scope, loop), again.stream()})
                                        .apply<Rounds>("send", rounds, per_round)
                                        .exchange([](const std::uint64_t& x) { return x; });
                  const auto arrived = sent.inspect([](const std::uint64_t&) {});
                  again.connect(nothing_of(arrived));
                  add_up(arrived.leave(), totals, [](const std::uint64_t& x) { return x; });
                }),
      *totals, records, rounds * workers * (per_round * (per_round - 1) / 2));
}

base::Result<Sample> barrier(std::uint32_t workers, std::uint64_t rounds, int operators) {
  return run_timed(workers, rounds, [&](Scope& scope) {
    const eagre::Loop loop = scope.loop("rounds");
    const LoopVariable<std::uint64_t> again(loop, "again");
    auto stream = loop.concat<std::uint64_t>({start(scope, loop), again.stream()});
    for (int i = 0; i < operators; ++i) {
      stream = stream.apply<Step>("step", rounds);
    }
    again.connect(nothing_of(stream));
  });
}

// `lines` lines of 1,000 operators each, with boundaries between them: 1,000 actors a worker. In
// each round nothing, or one record, goes through the first. The rounds alone are timed: a million
// actors take longer to start and end, and hardly fit into memory twice.
base::Result<Sample> idle_operators(std::uint64_t lines, std::uint64_t rounds,
                                    std::uint64_t per_round, std::uint32_t workers) {
  release_free_memory();
  const auto times = std::make_shared<RoundTimes>();
  base::Result<Sample> sample = run_timed(workers, rounds, [&](Scope& scope) {
    const eagre::Loop loop = scope.loop("rounds");
    const LoopVariable<std::uint64_t> again(loop, "again");
    auto stream = loop.concat<std::uint64_t>({start(scope, loop), again.stream()})
                      .apply<Rounds>("send", rounds, per_round, times);
    for (int i = 0; i < 1000; ++i) {
      stream = stream.boundary().map([](const std::uint64_t& x) { return x + 1; });
    }
    again.connect(nothing_of(stream));
    for (std::uint64_t line = 1; line < lines; ++line) {
      auto idle = scope.to_stream<std::uint64_t>({}, "idle");
      for (int i = 0; i < 1000; ++i) {
        idle = idle.boundary().map([](const std::uint64_t& x) { return x + 1; });
      }
    }
  });
  if (sample.ok()) {
    sample.value().seconds = std::chrono::duration<double>(times->end - times->begin).count();
  }
  return sample;
}

Sample ring(std::uint32_t, std::uint64_t shrink) {
  return sample_of(spsc_ring(100'000'000 / shrink));
}

// Of 8-byte numbers.
Sample both_ways(std::uint32_t, std::uint64_t shrink) {
  const Baseline loop = tcp_bytes(500'000'000 / shrink, true);
  return {loop.count / sizeof(std::uint64_t), loop.seconds};
}

// Records are hops: a hop is half a round trip.
Sample hops(std::uint32_t, std::uint64_t shrink) {
  const Baseline loop = ping_pong(1'000'000 / shrink);
  return {loop.count * 2, loop.seconds};
}

}  // namespace

std::vector<Workload> round_workloads() {
  return {{"exchange_1m", Ratio::rate,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return exchange(workers, std::max<std::uint64_t>(50 / shrink, 2), 1'000'000);
           },
           ring, both_ways},
          {"exchange_1k", Ratio::rate,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return exchange(workers, 20'000 / slower() / shrink, 1000);
           },
           ring, both_ways},
          {"exchange_1", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             base::Result<Sample> sample = exchange(workers, 100'000 / slower() / shrink, 1);
             if (sample.ok()) {
               sample.value().records /= workers;  // A round is what counts.
             }
             return sample;
           },
           hops, round_trips},
          {"barrier", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return barrier(workers, 200'000 / slower() / shrink, 1);
           },
           hops, round_trips},
          {"barrier5", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return barrier(workers, 50'000 / shrink, 5);
           },
           hops},
          {"idle_ops_1x1000", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return idle_operators(1, 20'000 / shrink, 0, workers);
           },
           hops},
          {"idle_ops_1x1000_1", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return idle_operators(1, 1000 / shrink, 1, workers);
           },
           hops},
          {"idle_ops_1000x1000", Ratio::time,
           [](std::uint32_t workers, std::uint64_t shrink) {
             return idle_operators(std::max<std::uint64_t>(1000 / shrink, 2), 200 / shrink + 1, 1,
                                   workers);
           },
           hops}};
}

}  // namespace eagre::bench
