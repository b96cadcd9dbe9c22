// Mutations of the progress protocol, injected between the hosts and the aggregator of a whole
// dataflow: each must be caught, by a broken invariant or by the audit, whatever the schedule; and
// what the protocol is meant to bear must change nothing.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"
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
  void plan(plan::Plan& believed) override {
    if (change_plan) {
      change_plan(believed);
    }
  }
  Fate data(std::uint32_t, std::uint32_t, data::Batch& batch) override {
    if (!strikes(data_left)) {
      return Fate::arrives;
    }
    if (change_data) {
      change_data(batch);
    }
    return fate;
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
  std::function<void(plan::Plan&)> change_plan;
  std::function<void(data::Batch&)> change_data;
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

// The batch with its last record once more, or without it.
data::Batch with_another_count(const data::Batch& batch, bool more) {
  std::vector<Number> records;
  for (const Number n : data::BatchReader<Number>(batch)) {
    records.push_back(n);
  }
  if (more) {
    records.push_back(records.back());
  } else {
    records.pop_back();
  }
  data::BatchWriter<Number> writer;
  writer.append(records);
  return writer.finish(batch.header());
}

TEST_CASE("a batch that holds more or fewer records than were counted is caught") {
  for (const bool more : {true, false}) {
    for_each_harm(
        [&](int n) {
          Harm harm;
          harm.data_left = n;
          harm.change_data = [more](data::Batch& batch) {
            batch = with_another_count(batch, more);
          };
          return harm;
        },
        is_caught);
  }
}

TEST_CASE("a report whose count is wrong by one is caught, whichever of its counts it is") {
  for (const std::int64_t by : {+1, -1}) {
    for (const bool first : {true, false}) {
      bool changed = false;
      for_each_harm(
          [&](int n) {
            Harm harm;
            harm.report_left = n;
            changed = false;
            harm.change_report = [&changed, by, first](progress::ProgressBatch& batch) {
              if (!batch.changes.empty()) {
                changed = true;
                (first ? batch.changes.front() : batch.changes.back()).diff += by;
              }
            };
            return harm;
          },
          [&](const std::string& result) {
            if (changed) {
              is_caught(result);
            }
          });
    }
  }
}

using ChangeInternal = std::function<void(std::vector<plan::Internal>&, std::size_t)>;

// What comes of one changed internal summary, the n-th that leads on; empty if there is none.
std::string run_with_summary(std::size_t n, std::uint64_t seed, const ChangeInternal& change) {
  bool found = false;
  Harm harm;
  harm.change_plan = [&](plan::Plan& believed) {
    std::size_t left = n;
    for (std::uint32_t i = 0; i < believed.nodes.size(); ++i) {
      if (std::none_of(believed.edges.begin(), believed.edges.end(),
                       [i](const plan::Edge& edge) { return edge.from == i; })) {
        continue;
      }
      std::vector<plan::Internal>& internals = believed.nodes[i].internals;
      if (left < internals.size()) {
        change(internals, left);
        found = true;
        return;
      }
      left -= internals.size();
    }
  };
  const std::string result = run(&harm, seed);
  return found ? result : "";
}

TEST_CASE("a path that progress does not know, or takes for a longer one, is caught") {
  const auto is_gone = [](std::vector<plan::Internal>& internals, std::size_t i) {
    internals.erase(internals.begin() + static_cast<std::ptrdiff_t>(i));
  };
  const auto advances = [](std::vector<plan::Internal>& internals, std::size_t i) {
    const progress::PathSummary more =
        progress::PathSummary::advance(internals[i].summary.outputs(), 0, 1);
    internals[i].summary = internals[i].summary.followed_by(more).value();
  };
  for (const ChangeInternal& change : {ChangeInternal(is_gone), ChangeInternal(advances)}) {
    std::size_t n = 0;
    for (;; ++n) {
      CAPTURE(n);
      // Not every schedule has somebody listen while something is on its way.
      int caught = 0;
      bool found = true;
      for (std::uint64_t seed = 1; seed <= 20 && found; ++seed) {
        const std::string result = run_with_summary(n, seed, change);
        found = !result.empty();
        caught += result.substr(0, 3) != "ok:" ? 1 : 0;
        REQUIRE((result.substr(0, 3) != "ok:" || result == kRight));
      }
      if (!found) {
        break;
      }
      CHECK(caught > 0);
    }
    REQUIRE(n > 3);
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
  bool says_more = false;
  int caught = 0;
  int true_by_then = 0;
  for_each_harm(
      [&](int n) {
        Harm harm;
        harm.frontier_left = n;
        says_more = false;
        harm.change_frontier = [&says_more](progress::FrontierUpdate& update) {
          // A frontier that is empty already says all there is to say.
          says_more = !update.frontier.empty();
          update.frontier = progress::Antichain();
        };
        return harm;
      },
      [&](const std::string& result) {
        CAPTURE(result);
        if (says_more && result.substr(0, 3) != "ok:") {
          ++caught;
          return;
        }
        // The rest was on its way while what it was about ended.
        true_by_then += says_more ? 1 : 0;
        REQUIRE(result == kRight);
      });
  CAPTURE(caught, true_by_then);
  REQUIRE(caught > 8);
  REQUIRE(true_by_then * 3 < caught);
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
