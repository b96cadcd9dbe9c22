// Jobs with operators of their own, which keep something.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/cluster/recovery_jobs.h"

namespace eagre::testing {
namespace {

class Streaks final : public Unary<Number, Pair> {
 public:
  static constexpr Interest kInterest = Interest::always;
  static constexpr bool kEpochsInOrder = true;

  void on_batch(const Input<Number>& input, Output<Pair>& output) override {
    auto session = output.session();
    for (const Number n : input) {
      const Number key = n % 20'000;
      const Number streak = ++streaks_.at(key);
      const Number all = all_.add(key, 1);
      if (all % 20 == 0) {
        session.give({key, 100 * all});
      }
      if (streak % 5 == 0) {
        session.give({key, streak});
      }
    }
  }

 private:
  ValueState<Number, Number> streaks_{states(), "streaks", {.ttl_epochs = 1}};
  ReducingState<Number, Number, std::plus<>> all_{states(), "all"};
};

}  // namespace

void states(const Numbers& all) {
  all.exchange([](Number n) { return n % 20'000; }).apply<Streaks>("streaks").write(text_of);
}

void local(const Numbers& all) {
  all.exchange([](Number n) { return n; })
      .unary_notify<Number, std::vector<Pair>>(
          "epochs",
          [](std::vector<Pair>& sums, const Input<Number>& input, Output<Number>& output,
             auto& self) {
            const Number epoch = input.time()[0];
            if (sums.size() <= epoch) {
              sums.resize(epoch + 1);
            }
            for (const Number n : input) {
              sums[epoch].second += n;
            }
            self.notify_at(output.retain());
          },
          [](std::vector<Pair>& sums, Capability at, Output<Number>& output) {
            output.session(at).give(sums[at.time()[0]].second);
          })
      .key_by([](Number sum) { return sum % 100; })
      .total()
      .write(text_of);
}

void opaque(const Numbers& all) {
  all.unary_frontier<Number>(
         "opaque",
         [](const Input<Number>* input, const Antichain&, Output<Number>& output) {
           if (input != nullptr) {
             output.forward(input->batch());
           }
         })
      .count()
      .write([](Number n) { return std::to_string(n); });
}

}  // namespace eagre::testing
