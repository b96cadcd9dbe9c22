// Operators of the user's own with named states, whole: what is forgotten follows from the epochs
// of the data alone, and what is misused is refused by name.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/dataflow/binary.h"
#include "runtime/dataflow/nary.h"
#include "runtime/dataflow/unary.h"
#include "runtime/state/views.h"
#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using dataflow::Input;
using dataflow::Output;
using testing::always_gives;
using testing::by_epoch;
using testing::in_order;
using testing::status_of;
using testing::Timed;
using testing::timed;
using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;
using Epochs = std::vector<std::vector<Number>>;

constexpr Number kKeys = 3;
constexpr Number kLife = 1;

// How often each key has come without a pause, for each record.
template <class Base>
class Streaks : public Base {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  static constexpr bool kEpochsInOrder = true;

 protected:
  void count(const Input<Number>& input, Output<Pair>& output) {
    auto session = output.session();
    for (const Number n : input) {
      session.give({n % kKeys, ++streaks_.at(n % kKeys)});
    }
  }

 private:
  state::ValueState<Number, Number> streaks_{this->states(), "streaks", {.ttl_epochs = kLife}};
};

class OneInput final : public Streaks<dataflow::Unary<Number, Pair>> {
  void on_batch(const Input<Number>& input, Output<Pair>& output) override { count(input, output); }
};
class TwoInputs final : public Streaks<dataflow::Binary<Number, Number, Pair>> {
  void on_left(const Input<Number>& input, Output<Pair>& output) override { count(input, output); }
  void on_right(const Input<Number>& input, Output<Pair>& output) override { count(input, output); }
};
class ManyInputs final : public Streaks<dataflow::Nary<Number, Pair>> {
  void on_batch(std::uint32_t, const Input<Number>& input, Output<Pair>& output) override {
    count(input, output);
  }
};

// The same when a time is complete; batches come in any order.
class Notified final : public dataflow::Unary<Number, Pair> {
 public:
  void on_batch(const Input<Number>& input, Output<Pair>& output) override {
    std::vector<Number>& waiting = waiting_[input.time()[0]];
    input.for_each([&](Number n) { waiting.push_back(n); });
    notify_at(output.retain());
  }
  void on_notify(progress::Capability at, Output<Pair>& output) override {
    auto session = output.session(at);
    for (const Number n : waiting_[at.time()[0]]) {
      session.give({n % kKeys, ++streaks_.at(n % kKeys)});
    }
    waiting_.erase(at.time()[0]);
  }

 private:
  std::map<Number, std::vector<Number>> waiting_;
  state::ValueState<Number, Number> streaks_{states(), "streaks", {.ttl_epochs = kLife}};
};

const Epochs kEpochs = {{0, 1, 2, 3}, {1, 1}, {0, 2}, {4, 7}, {2, 3, 3}, {}, {2, 1, 0, 1}, {2, 5}};

Timed<Pair> expected() {
  Timed<Pair> all;
  std::map<Number, Pair> streaks;  // The count, and the last epoch.
  for (Number epoch = 0; epoch < kEpochs.size(); ++epoch) {
    for (const Number n : kEpochs[epoch]) {
      Pair& streak = streaks[n % kKeys];
      streak.first = epoch - streak.second > kLife ? 1 : streak.first + 1;
      streak.second = epoch;
      all.emplace_back(progress::Time{epoch}, Pair{n % kKeys, streak.first});
    }
  }
  return in_order(all);
}

api::Stream<Number> input(api::Scope& scope) {
  return by_epoch(scope, kEpochs).exchange([](Number n) { return n % kKeys; });
}

TEST_CASE("a state forgets by the epoch of a batch") {
  always_gives([](api::Scope& scope) { return timed(input(scope).apply<OneInput>("streaks")); },
               expected());
}
TEST_CASE("a state forgets by the epoch of a notification") {
  always_gives([](api::Scope& scope) { return timed(input(scope).apply<Notified>("streaks")); },
               expected());
}

api::Stream<Number> some(const api::Stream<Number>& numbers, Number rest) {
  return numbers.filter([rest](Number n) { return n % 2 == rest; }).exchange([](Number n) {
    return n % kKeys;
  });
}

TEST_CASE("a state of an operator with several inputs forgets by the epoch of a batch") {
  always_gives(
      [](api::Scope& scope) {
        const auto numbers = by_epoch(scope, kEpochs);
        return timed(some(numbers, 0).apply_with<TwoInputs>(some(numbers, 1), "streaks"));
      },
      expected());
  always_gives(
      [](api::Scope& scope) {
        const auto numbers = by_epoch(scope, kEpochs);
        const std::vector streams = {some(numbers, 0), some(numbers, 1)};
        return timed(scope.apply_all<ManyInputs>(streams, "streaks"));
      },
      expected());
}

class Twice final : public dataflow::Unary<Number, Number> {
 public:
  void on_batch(const Input<Number>&, Output<Number>&) override {}

 private:
  state::ValueState<Number, Number> first_{states(), "counts"};
  state::ValueState<Number, Number> second_{states(), "counts"};
};

TEST_CASE("two states of one name are refused before anything runs") {
  const base::Status status =
      status_of([](api::Scope& scope) { input(scope).apply<Twice>("twice"); });
  CHECK(status.to_string() ==
        "failed: an operator could not be made: two states of one operator are named \"counts\": "
        "the name is how a state is found in a checkpoint, so each needs one of its own");
}

}  // namespace
}  // namespace eagre
