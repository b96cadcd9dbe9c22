// What the workloads share: sources of numbered records, a sink that adds up, and a run that is
// timed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/eagre.h"
#include "tools/src/bench/measure.h"

namespace eagre::bench {

// What arrived at a sink, on all workers. Threads: safe from any thread.
struct Totals {
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint64_t> sum{0};
};

// Adds up value(record); one atomic addition a batch.
template <class T, class Value>
class AddUp final : public Unary<T, std::uint64_t> {
 public:
  static constexpr Interest kInterest = Interest::never;
  AddUp(std::shared_ptr<Totals> totals, Value value)
      : totals_(std::move(totals)), value_(std::move(value)) {}

  void on_batch(const Input<T>& input, Output<std::uint64_t>&) override {
    std::uint64_t sum = 0;
    input.for_each([&](const T& record) { sum += value_(record); });
    totals_->count.fetch_add(input.size(), std::memory_order_relaxed);
    totals_->sum.fetch_add(sum, std::memory_order_relaxed);
  }

 private:
  std::shared_ptr<Totals> totals_;
  Value value_;
};

template <class T, class Value>
void add_up(const Stream<T>& stream, const std::shared_ptr<Totals>& totals, Value value) {
  stream.template apply<AddUp<T, Value>>("add up", totals, std::move(value));
}

// Records make(i) for i in [0, n), in `epochs` equal epochs, each epoch split among the workers.
template <class T, class MakeRecord>
Stream<T> numbered(const Scope& scope, std::uint64_t n, std::uint64_t epochs, MakeRecord make) {
  return scope.source<T>("numbers", [=](std::uint64_t worker, std::uint64_t workers) {
    const auto begin_of = [=](std::uint64_t epoch) {
      const std::uint64_t begin = n * epoch / epochs;
      return begin + (n * (epoch + 1) / epochs - begin) * worker / workers;
    };
    const auto end_of = [=](std::uint64_t epoch) {
      const std::uint64_t begin = n * epoch / epochs;
      return begin + (n * (epoch + 1) / epochs - begin) * (worker + 1) / workers;
    };
    return [=, epoch = std::uint64_t{0}, i = begin_of(0)](SourceOutput<T>& output) mutable {
      while (!output.full()) {
        if (i == end_of(epoch)) {
          if (++epoch == epochs) {
            return false;
          }
          output.advance_to(epoch);
          i = begin_of(epoch);
          continue;
        }
        i += output.generate(end_of(epoch) - i, [&, i](std::uint64_t k) { return make(i + k); });
      }
      return true;
    };
  });
}

// What dataflows are run by from now on.
void use_scheduler(actors::Scheduler scheduler);

// Runs a dataflow on `workers` workers of all processes together and times it, its start and its
// end included; the first time in a process also
// says how much memory it took.
base::Result<Sample> run_timed(std::uint32_t workers, std::uint64_t records,
                               const std::function<void(Scope&)>& define);

// The sample, or an error if what came out is not what must come out.
base::Result<Sample> checked(base::Result<Sample> sample, Totals& totals, std::uint64_t count,
                             std::uint64_t sum);

// Round trips through TCP that wait in the kernel, one a record.
inline Sample round_trips(std::uint32_t, std::uint64_t shrink) {
  const Baseline loop = tcp_round_trips(20'000 / shrink, false);
  return {loop.count, loop.seconds};
}

inline Sample sample_of(const Baseline& loop) {
  return {loop.count, loop.seconds};
}

}  // namespace eagre::bench
