// Mutations of the progress protocol, injected between the hosts and the aggregator of a whole
// dataflow: each must be caught, by a broken invariant or by the audit, whatever the schedule; and
// what the protocol is meant to bear must change nothing.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/broken_invariant.h"
#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Fate;
using api::Scope;
using testing::by_epoch;
using testing::loop_options;

using Number = std::uint64_t;

// Does harm to one message of a kind, the n-th.
struct Harm : api::LoopObserver {
  Fate data(std::uint32_t, std::uint32_t, const data::Batch&) override {
    return strikes(data_left) ? fate : Fate::arrives;
  }
  Fate report(progress::ProgressBatch& batch) override {
    if (!strikes(report_left)) {
      return Fate::arrives;
    }
    if (change_report) {
      change_report(batch);
    }
    return fate;
  }
  Fate frontier(std::uint32_t, std::uint32_t, progress::FrontierUpdate& update) override {
    if (!strikes(frontier_left)) {
      return Fate::arrives;
    }
    if (change_frontier) {
      change_frontier(update);
    }
    return fate;
  }
  bool strikes(int& left) {
    const bool now = left > 0 && --left == 0;
    is_done |= now;
    return now;
  }

  bool is_done = false;
  // At 0: none.
  int data_left = 0;
  int report_left = 0;
  int frontier_left = 0;
  Fate fate = Fate::arrives;
  std::function<void(progress::ProgressBatch&)> change_report;
  std::function<void(progress::FrontierUpdate&)> change_frontier;
};

const std::string kRight = "ok: 12 5 2 ";

// A loop with an exchange, and counts by epoch. "ok: " and the counts, or what was caught.
std::string run(Harm* harm, std::uint64_t seed) {
  std::string result;
  const std::string broken = testing::broken_by([&] {
    std::shared_ptr<std::vector<Number>> counts;
    api::PlainLoopOptions options = loop_options(2, 64, 4 << 20, seed);
    options.audit_every = 1;
    api::PlainLoop loop(api::build([&](Scope& scope) {
                          counts = by_epoch<Number>(scope, {{1, 2, 3}, {4, 5}, {6}})
                                       .iterate("loop",
                                                [](const api::Loop&, auto rounds) {
                                                  return rounds.exchange([](Number n) { return n; })
                                                      .filter([](Number n) { return n < 20; })
                                                      .map([](Number n) { return 2 * n; });
                                                })
                                       .count()
                                       .collect();
                        }),
                        options, harm);
    result = loop.run().to_string();
    if (result == "ok") {
      result = "ok: ";
      for (const Number count : *counts) {
        result += std::to_string(count) + " ";
      }
    }
  });
  return broken.empty() ? result : broken;
}

// What comes of harm to the first, second, ... message, until there is none left to harm.
template <class Make>
void for_each_harm(Make make, const std::function<void(const std::string&)>& judge) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (int n = 1;; ++n) {
      Harm harm = make(n);
      const std::string result = run(&harm, seed);
      CAPTURE(seed, n);
      if (!harm.is_done) {
        REQUIRE(n > 5);
        break;
      }
      judge(result);
    }
  }
}

void is_caught(const std::string& result) {
  CAPTURE(result);
  REQUIRE(result.substr(0, 3) != "ok:");
}

TEST_CASE("without harm the counts are right, and every audit finds everything in order") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    REQUIRE(run(nullptr, seed) == kRight);
  }
}

TEST_CASE("a batch that arrives twice, or never, is caught") {
  for (const Fate fate : {Fate::arrives_twice, Fate::is_lost}) {
    for_each_harm(
        [&](int n) {
          Harm harm;
          harm.data_left = n;
          harm.fate = fate;
          return harm;
        },
        is_caught);
  }
}

TEST_CASE("a report that arrives twice, never, or out of its place is caught") {
  for (const Fate fate : {Fate::arrives_twice, Fate::is_lost}) {
    for_each_harm(
        [&](int n) {
          Harm harm;
          harm.report_left = n;
          harm.fate = fate;
          return harm;
        },
        is_caught);
  }
  for_each_harm(
      [](int n) {
        Harm harm;
        harm.report_left = n;
        harm.change_report = [](progress::ProgressBatch& batch) { ++batch.sequence; };
        return harm;
      },
      is_caught);
}

TEST_CASE("a report of an older generation is dropped, which is noticed when it was a live one") {
  for_each_harm(
      [](int n) {
        Harm harm;
        harm.report_left = n;
        harm.change_report = [](progress::ProgressBatch& batch) {
          batch.generation = progress::Generation(0);
        };
        return harm;
      },
      is_caught);
}

TEST_CASE("a report that keeps its positive changes back is caught") {
  bool kept = false;
  for_each_harm(
      [&](int n) {
        Harm harm;
        harm.report_left = n;
        kept = false;
        harm.change_report = [&kept](progress::ProgressBatch& batch) {
          kept =
              std::erase_if(batch.changes, [](const auto& change) { return change.diff > 0; }) != 0;
        };
        return harm;
      },
      [&](const std::string& result) {
        if (kept) {
          is_caught(result);
        }
      });
}

TEST_CASE("a frontier that says too much is caught") {
  for_each_harm(
      [](int n) {
        Harm harm;
        harm.frontier_left = n;
        harm.change_frontier = [](progress::FrontierUpdate& update) {
          // A frontier that is empty already says all there is to say.
          update.frontier = progress::Antichain();
        };
        return harm;
      },
      [](const std::string& result) {
        CAPTURE(result);
        REQUIRE((result == kRight || result.substr(0, 3) != "ok:"));
      });
}

TEST_CASE("a frontier that arrives twice, or of an older generation, moves nothing") {
  for_each_harm(
      [](int n) {
        Harm harm;
        harm.frontier_left = n;
        harm.fate = Fate::arrives_twice;
        return harm;
      },
      [](const std::string& result) { REQUIRE(result == kRight); });
  Harm harm;
  harm.frontier_left = 1;
  harm.change_frontier = [](progress::FrontierUpdate& update) {
    update.generation = progress::Generation(0);
    update.frontier = progress::Antichain();
  };
  REQUIRE(run(&harm, 1) == kRight);
}

}  // namespace
}  // namespace eagre
