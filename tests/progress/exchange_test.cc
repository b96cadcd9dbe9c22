// The exchange protocol, end to end in one thread: random schedules of the real ledgers, reporters,
// consolidators, aggregators and views beside a reference model (exchange_model.h), on random
// graphs with loops and nested scopes, in one to four processes. RapidCheck shrinks a failing
// schedule and prints how to replay it; the long runs print their seed. Catches: a frontier that
// passes something held or in flight, one that moves back or stops moving, changes that are lost,
// told twice or told too late, processes that do not agree, a port that is woken without having
// asked.

#include <catch2/catch_test_macros.hpp>

#include "tests/progress/exchange_run.h"
#include "tests/support/broken_invariant.h"
#include "tests/support/rapidcheck.h"

namespace eagre::progress {
namespace {

using eagre::testing::BrokenInvariants;
using eagre::testing::check;

struct Totals {
  std::uint64_t messages = 0;
  std::uint64_t withheld = 0;
  std::uint64_t sums = 0;
  std::uint64_t told = 0;
};

void run(const Topology& topology, RunOptions options, Choices& schedule, Totals& totals) {
  const BrokenInvariants seen;
  ExchangeRun exchange(topology, options, schedule);
  exchange.run();
  totals.messages += exchange.messages_sent();
  totals.withheld += exchange.batches_withheld();
  totals.sums += exchange.sums_sent();
  totals.told += exchange.frontiers_told();
}

void any_schedule(Withholding withholding) {
  Totals totals;
  check("safe, monotone, in agreement and alive", 400, 1000, [&] {
    Choices graph(*decisions());
    const Topology topology = random_topology(graph);
    Choices schedule(*decisions());
    const std::size_t processes = 1 + schedule.below(4);
    const std::size_t workers = 1 + schedule.below(processes == 1 ? 3 : 2);
    const std::size_t readers = 1 + schedule.below(2);
    run(topology, {processes, workers, readers, withholding, Fault::none}, schedule, totals);
  });
  REQUIRE(totals.sums > 0);
  REQUIRE(totals.messages > 0);
  REQUIRE(totals.told > 0);
}

TEST_CASE("no schedule makes a frontier pass live work when all is flushed") {
  any_schedule(Withholding::nothing);
}

TEST_CASE("no schedule makes a frontier pass live work when what is justified is withheld") {
  any_schedule(Withholding::justified);
}

TEST_CASE("long runs through nested loops stay safe and end") {
  for (const Withholding withholding : {Withholding::nothing, Withholding::justified}) {
    Totals totals;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      INFO("seed " << seed);
      Choices graph = Choices::seeded(seed, 200);
      const Topology topology = seed % 2 == 0 ? nested_loops() : random_topology(graph);
      Choices schedule = Choices::seeded(1000 + seed, 30000);
      REQUIRE_NOTHROW(run(topology, {1, 3, 2, withholding, Fault::none}, schedule, totals));
    }
    // The runs are not idle, and the policies differ.
    REQUIRE(totals.messages > 5000);
    REQUIRE(totals.told > 2000);
    REQUIRE((totals.withheld > 500) == (withholding == Withholding::justified));
  }
}

TEST_CASE("long runs in several processes stay safe, agree and end") {
  for (const Withholding withholding : {Withholding::nothing, Withholding::justified}) {
    Totals totals;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      INFO("seed " << seed);
      Choices graph = Choices::seeded(seed, 200);
      const Topology topology = seed % 2 == 0 ? nested_loops() : random_topology(graph);
      Choices schedule = Choices::seeded(2000 + seed, 30000);
      const std::size_t processes = 2 + seed % 3;
      REQUIRE_NOTHROW(run(topology, {processes, 1, 1, withholding, Fault::none}, schedule, totals));
    }
    REQUIRE(totals.messages > 5000);
    REQUIRE(totals.sums > 1000);
    REQUIRE(totals.told > 1000);
  }
}

}  // namespace
}  // namespace eagre::progress
