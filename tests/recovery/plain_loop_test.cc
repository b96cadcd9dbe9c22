// Checkpoints and restores of whole dataflows in plain loops: whatever the order of events,
// wherever the process stops dead, the output is that of a run without failure. The dataflows hold
// every operator of the library that keeps something, sources that end early, and loops.
#include "runtime/api/plain_loop.h"

#include <fmt/core.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/random.h"
#include "runtime/dataflow/unary.h"
#include "runtime/state/views.h"
#include "tests/recovery/numbers.h"

namespace eagre {
namespace {

using api::Scope;
using dataflow::Input;
using dataflow::Output;
using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;
using NumberStream = api::Stream<Number>;
using testing::numbers;
using testing::Numbers;

// Two sources go in.
using Flow = std::function<void(const NumberStream&, const NumberStream&)>;

std::string text_of(const Pair& pair) {
  return fmt::format("{} {}", pair.first, pair.second);
}

void write(const api::Stream<Pair>& pairs) {
  pairs.write(text_of);
}

auto by_rest(const NumberStream& stream, Number divisor) {
  return stream.key_by([divisor](Number n) { return n % divisor; });
}

// How often each key has come without a pause of more than three epochs.
class Streaks final : public dataflow::Unary<Number, Pair> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  static constexpr bool kEpochsInOrder = true;

  void on_batch(const Input<Number>& input, Output<Pair>& output) override {
    auto session = output.session();
    for (const Number n : input) {
      session.give({n % 13, ++streaks_.at(n % 13)});
    }
  }

 private:
  state::ValueState<Number, Number> streaks_{states(), "streaks", {.ttl_epochs = 3}};
};

// All that has come at a key, in every form, for each epoch in which something does.
class History final : public dataflow::Unary<Number, Pair> {
 public:
  void on_batch(const Input<Number>& input, Output<Pair>& output) override {
    auto& waiting = waiting_[input.time()[0]];
    input.for_each([&](Number n) { waiting.push_back(n); });
    notify_at(output.retain());
  }

  void on_notify(progress::Capability at, Output<Pair>& output) override {
    auto node = waiting_.extract(at.time()[0]);
    std::sort(node.mapped().begin(), node.mapped().end());
    auto session = output.session(at);
    for (const Number n : node.mapped()) {
      const Number key = n % 13;
      all_.append(key, n);
      session.give({key, sum_.add(key, n) + 1000 * ++each_.at(key, n)});
      session.give({key, all_.find(key)->at(all_.size(key) / 2) + 1000 * of_.add(key, n).second});
    }
  }

 private:
  struct Weigh {
    void operator()(Pair& sum, Number n) const {
      sum.first += n;
      sum.second = sum.first / (1 + n);
    }
  };

  std::map<Number, std::vector<Number>> waiting_;
  state::ListState<Number, Number> all_{states(), "all"};
  state::MapState<Number, Number, Number> each_{states(), "each", {.ttl_epochs = 5}};
  state::ReducingState<Number, Number, std::plus<>> sum_{states(), "sum"};
  state::AggregatingState<Number, Pair, Weigh> of_{states(), "of", {.ttl_epochs = 0}};
};

std::map<std::string, Flow> flows() {
  std::map<std::string, Flow> all;
  all["folds"] = [](const NumberStream& a, const NumberStream& b) {
    write(by_rest(a.concat(b), 5).count());
    write(by_rest(a, 3)
              .top_k(2, [](Number x, Number y) { return x > y; })
              .map([](const std::pair<Number, std::vector<Number>>& top) {
                return Pair{top.first, top.second.front() * 1000 + top.second.back()};
              }));
    a.distinct().count().write([](Number n) { return std::to_string(n); });
    b.top_k(3, [](Number x, Number y) { return x > y; }).write([](Number n) {
      return std::to_string(n);
    });
  };
  all["stateless"] = [](const NumberStream& a, const NumberStream& b) {
    a.map([](Number n) { return n * 2; }).write([](Number n) { return std::to_string(n); });
    b.write([](Number n) { return std::to_string(n); });
  };
  all["running"] = [](const NumberStream& a, const NumberStream& b) {
    write(by_rest(a.concat(b), 5).running_count());
    write(by_rest(b, 4).scan<Number, Pair>([](Number key, Number& sum, Number n, auto& give) {
      give(Pair{key, sum += n});
    }));
  };
  all["named states"] = [](const NumberStream& a, const NumberStream& b) {
    const auto keyed = a.concat(b).exchange([](Number n) { return n % 13; });
    write(keyed.apply<Streaks>("streaks"));
    write(keyed.apply<History>("history"));
  };
  all["total"] = [](const NumberStream& a, const NumberStream& b) {
    write(by_rest(a.concat(b), 7).total());
  };
  all["join"] = [](const NumberStream& a, const NumberStream& b) {
    write(by_rest(a, 11).join(by_rest(b, 11), [](Number key, Number x, Number y) {
      return Pair{key, x * 100 + y};
    }));
  };
  all["delay"] = [](const NumberStream& a, const NumberStream& b) {
    const auto late =
        b.delay([](const progress::Time& time, Number n) { return time.with(0, time[0] + n % 7); });
    write(by_rest(late.concat(a), 5).count());
    write(
        by_rest(a.delay_batch([](const progress::Time& time) { return time.with(0, time[0] + 2); }),
                3)
            .count());
  };
  // Sends ahead of its own data, which the host must keep (rule S).
  all["ahead"] = [](const NumberStream& a, const NumberStream& b) {
    const auto ahead =
        b.unary<Number>("ahead", [](const Input<Number>& input, Output<Number>& output) {
          for (const Number n : input) {
            output.session(output.retain(input.time().with(0, input.time()[0] + n % 12))).give(n);
          }
        });
    write(by_rest(ahead.concat(a), 5).running_count());
  };
  all["loop"] = [](const NumberStream& a, const NumberStream& b) {
    const auto halved =
        a.concat(b).iterate("halve", [](const api::Loop&, const NumberStream& rounds) {
          return rounds.filter([](Number n) { return n > 1; })
              .map([](Number n) { return n / 2; })
              .exchange([](Number n) { return n; });
        });
    write(by_rest(halved, 4).count());
  };
  all["states in loops"] = [](const NumberStream& a, const NumberStream& b) {
    const auto rounds =
        a.concat(b).iterate("halve", [](const api::Loop&, const NumberStream& going) {
          return by_rest(going.filter([](Number n) { return n > 12; }), 5)
              .scan<Number, Number>(
                  [](Number, Number& seen, Number n, auto& give) { give(n / 2 + ++seen % 2); });
        });
    write(by_rest(rounds, 4).count());
  };
  all["one epoch"] = [](const NumberStream& a, const NumberStream& b) {
    const auto whole = a.concat(b).in_one_epoch();
    const auto halved = whole.iterate("halve", [](const api::Loop&, const NumberStream& rounds) {
      return rounds.filter([](Number n) { return n > 1; })
          .map([](Number n) { return n / 2; })
          .exchange([](Number n) { return n; });
    });
    write(by_rest(halved, 4).count());
    whole.distinct().count().write([](Number n) { return std::to_string(n); });
  };
  all["notify"] = [](const NumberStream& a, const NumberStream& b) {
    struct Sums {
      std::vector<Pair> sums;
    };
    const auto sums = a.concat(b).gather().unary_notify<Number, Sums>(
        "sums",
        [](Sums& state, const Input<Number>& input, Output<Number>& output, auto& self) {
          const Number epoch = input.time()[0];
          if (state.sums.empty() || state.sums.back().first != epoch) {
            state.sums.emplace_back(epoch, 0);
          }
          for (const Number n : input) {
            state.sums.back().second += n;
          }
          self.notify_at(output.retain());
        },
        [](Sums& state, progress::Capability at, Output<Number>& output) {
          Number sum = 0;
          for (const Pair& part : state.sums) {
            sum += part.first == at.time()[0] ? part.second : 0;
          }
          std::erase_if(state.sums, [&](const Pair& part) { return part.first == at.time()[0]; });
          output.session(at).give(sum);
        });
    sums.write([](Number n) { return std::to_string(n); });
  };
  // Answers in a later epoch than that of what it was asked.
  all["later"] = [](const NumberStream& a, const NumberStream& b) {
    using Held = std::vector<Pair>;
    const auto later =
        a.concat(b)
            .exchange([](Number n) { return n; })
            .unary_notify<Number, Held>(
                "later",
                [](Held& held, const Input<Number>& input, Output<Number>& output, auto& self) {
                  for (const Number n : input) {
                    const Number epoch = input.time()[0] + n % 9;
                    held.emplace_back(epoch, n);
                    self.notify_at(output.retain(input.time().with(0, epoch)));
                  }
                },
                [](Held& held, progress::Capability at, Output<Number>& output) {
                  auto session = output.session(at);
                  for (const Pair& each : held) {
                    if (each.first == at.time()[0]) {
                      session.give(each.second);
                    }
                  }
                  std::erase_if(held, [&](const Pair& each) { return each.first == at.time()[0]; });
                });
    write(by_rest(later, 3).count());
  };
  return all;
}

struct Case {
  Flow flow;
  Numbers a;
  Numbers b;
  std::uint64_t per_epoch = 1;

  api::Program program() const {
    return api::build([this](Scope& scope) {
      flow(numbers(scope, "a", a, per_epoch), numbers(scope, "b", b, per_epoch));
    });
  }
};

Numbers random_numbers(base::Random& random, std::uint64_t most) {
  std::vector<Number> all(random.below(most));
  for (Number& n : all) {
    n = random.below(50);
  }
  return std::make_shared<const std::vector<Number>>(std::move(all));
}

struct Tally {
  int stopped = 0;
  int restored = 0;
  int rescaled = 0;
};

// A run without checkpoints, against one with them that is stopped dead again and again, and goes
// on with another number of workers if it can.
void check(const Case& one, bool rescales, base::Random& random, Tally& tally) {
  api::Program undisturbed = one.program();
  const auto expected = undisturbed.results;
  api::PlainLoopOptions options;
  options.run.workers = static_cast<std::uint32_t>(1 + random.below(3));
  options.seed = random();
  api::PlainLoop alone(std::move(undisturbed), options);
  REQUIRE(alone.run().ok());
  const std::uint64_t last_stop = std::min<std::uint64_t>(5000, 3 * alone.steps());

  options.checkpoint_every = 60 + random.below(1 + last_stop / 12);
  options.abort_one_in = random.below(3);
  options.run.batch_bytes = 8 + random.below(60);
  options.run.inbox_bytes = 300 + random.below(5000);
  for (int stops_left = static_cast<int>(random.below(5));; --stops_left) {
    api::Program program = one.program();
    const auto results = program.results;
    if (rescales && random.below(2) == 0) {
      options.run.workers = static_cast<std::uint32_t>(1 + random.below(4));
    }
    tally.rescaled +=
        options.restored != nullptr && options.restored->workers != options.run.workers ? 1 : 0;
    options.seed = random();
    options.stop_after = stops_left > 0 ? 1 + random.below(last_stop) : 0;
    options.audit_every = random.below(4) == 0 ? 50 : 0;
    api::PlainLoop loop(std::move(program), options);
    const base::Status status = loop.run();
    options.restored = loop.last_checkpoint();
    if (loop.was_stopped()) {
      ++tally.stopped;
      tally.restored += options.restored != nullptr ? 1 : 0;
      continue;
    }
    REQUIRE(status.ok());
    REQUIRE(results.size() == expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      REQUIRE(*results[i] == *expected[i]);
    }
    return;
  }
}

constexpr int kRuns = 150;

void check_many(const std::string& name, bool rescales = true) {
  const Flow flow = flows().at(name);
  Tally tally;
  for (int seed = 1; seed <= kRuns; ++seed) {
    CAPTURE(name, seed);
    base::Random random(static_cast<std::uint64_t>(seed));
    Case one;
    one.flow = flow;
    one.a = random_numbers(random, 300);
    one.b = random_numbers(random, random.below(2) == 0 ? 300 : 30);
    one.per_epoch = 1 + random.below(10);
    check(one, rescales, random, tally);
  }
  // The runs were really interrupted, and went on from checkpoints.
  REQUIRE(tally.stopped > kRuns / 4);
  REQUIRE(tally.restored > tally.stopped / 8);
  REQUIRE((tally.rescaled > tally.restored / 8) == rescales);
}

TEST_CASE("folds give the same when they are restored") {
  check_many("folds");
}
TEST_CASE("what is written at once is written once") {
  check_many("stateless");
}
TEST_CASE("running states give the same when they are restored") {
  check_many("running");
}
TEST_CASE("states with names give the same when they are restored") {
  check_many("named states");
}
TEST_CASE("totals give the same when they are restored") {
  check_many("total");
}
TEST_CASE("joins give the same when they are restored") {
  check_many("join");
}
TEST_CASE("delays give the same when they are restored") {
  check_many("delay");
}
TEST_CASE("what is sent ahead is neither lost nor doubled") {
  check_many("ahead");
}
TEST_CASE("loops give the same when they are restored") {
  check_many("loop");
}
TEST_CASE("states inside loops give the same when they are restored") {
  check_many("states in loops");
}
TEST_CASE("a lambda's state is restored") {
  check_many("notify");
}
TEST_CASE("what was to be answered later is answered after a restore") {
  check_many("later", false);
}

TEST_CASE("a lambda's state on many workers is only restored on as many") {
  base::Random random(7);
  const Case one{flows().at("later"), random_numbers(random, 300), random_numbers(random, 300), 5};
  api::PlainLoopOptions options;
  options.run.workers = 2;
  options.checkpoint_every = 100;
  options.stop_after = 2000;
  api::PlainLoop stopped(one.program(), options);
  REQUIRE(!stopped.run().ok());
  options.restored = stopped.last_checkpoint();
  REQUIRE(options.restored != nullptr);
  options.run.workers = 3;
  const base::Status status = api::PlainLoop(one.program(), options).run();
  CHECK(status.code() == base::Code::checkpoint);
  CHECK(status.message() ==
        "the checkpoint was taken with 2 workers in all, and operator \"later\" cannot be restored "
        "with 3: what it keeps belongs to workers, not to keys");
}

}  // namespace
}  // namespace eagre
