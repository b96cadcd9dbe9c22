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
#include "tests/recovery/stops.h"

namespace eagre {
namespace {

using dataflow::Input;
using dataflow::Output;
using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;
using testing::by_rest;
using testing::Case;
using testing::Flow;
using testing::NumberStream;
using testing::random_numbers;
using testing::write;

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

void check(const std::string& name, bool rescales = true) {
  testing::check_stops(name, flows().at(name), rescales);
}

TEST_CASE("folds give the same when they are restored") {
  check("folds");
}
TEST_CASE("what is written at once is written once") {
  check("stateless");
}
TEST_CASE("running states give the same when they are restored") {
  check("running");
}
TEST_CASE("states with names give the same when they are restored") {
  check("named states");
}
TEST_CASE("totals give the same when they are restored") {
  check("total");
}
TEST_CASE("joins give the same when they are restored") {
  check("join");
}
TEST_CASE("delays give the same when they are restored") {
  check("delay");
}
TEST_CASE("what is sent ahead is neither lost nor doubled") {
  check("ahead");
}
TEST_CASE("loops give the same when they are restored") {
  check("loop");
}
TEST_CASE("states inside loops give the same when they are restored") {
  check("states in loops");
}
TEST_CASE("a lambda's state is restored") {
  check("notify");
}
TEST_CASE("what was to be answered later is answered after a restore") {
  check("later", false);
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
