// Bugs that progress tracking has had elsewhere, planted around the real parts (exchange_run.h) in
// random schedules on graphs with loops. Each must be seen: by a broken invariant of the real parts
// or by the audit of safety and liveness; the same schedules without the bug must pass.
// Catches: checks and audits without teeth.

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

#include "tests/progress/exchange_run.h"
#include "tests/support/broken_invariant.h"

namespace eagre::progress {
namespace {

using eagre::testing::BrokenInvariant;
using eagre::testing::BrokenInvariants;

constexpr std::uint64_t kRuns = 60;

struct Outcome {
  std::uint64_t planted = 0;
  // Of those planted.
  std::uint64_t invariants = 0;
  std::uint64_t audits = 0;
  // Seen although nothing was planted.
  std::uint64_t false_alarms = 0;
  std::string last;

  std::uint64_t caught() const { return invariants + audits; }
};

// In `processes`, or in one to three.
Outcome provoke(Fault fault, std::optional<std::size_t> processes = {}) {
  Outcome outcome;
  const BrokenInvariants seen;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    Choices graph = Choices::seeded(seed, 200);
    const Topology topology = seed % 2 == 0 ? nested_loops() : random_topology(graph);
    Choices schedule = Choices::seeded(seed, 5000);
    const std::size_t spread = processes.value_or(1 + seed / 2 % 3);
    const std::size_t workers = spread == 1 ? 2 : 1;
    ExchangeRun run(topology, {spread, workers, 1, Withholding::nothing, fault}, schedule);
    std::uint64_t invariant = 0;
    std::uint64_t audit = 0;
    try {
      run.run();
    } catch (const BrokenInvariant& broken) {
      invariant = 1;
      outcome.last = broken.what();
    } catch (const AuditFailure& failure) {
      audit = 1;
      outcome.last = failure.what();
    }
    if (run.fault_planted()) {
      ++outcome.planted;
      outcome.invariants += invariant;
      outcome.audits += audit;
    } else {
      outcome.false_alarms += invariant + audit;
    }
  }
  UNSCOPED_INFO("planted " << outcome.planted << ", invariants " << outcome.invariants
                           << ", audits " << outcome.audits << ", last: " << outcome.last);
  REQUIRE(outcome.false_alarms == 0);
  return outcome;
}

// Every run with the bug must be seen.
void always_caught(Fault fault, std::optional<std::size_t> processes = {}) {
  const Outcome outcome = provoke(fault, processes);
  REQUIRE(outcome.planted >= kRuns / 3);
  REQUIRE(outcome.caught() == outcome.planted);
}

// The bug does harm only in some schedules: where something else does not hold the frontier back.
void often_caught(Fault fault, std::optional<std::size_t> processes = {}) {
  const Outcome outcome = provoke(fault, processes);
  REQUIRE(outcome.planted >= kRuns / 3);
  REQUIRE(5 * outcome.caught() >= outcome.planted);
}

TEST_CASE("the schedules of the mutation tests pass without a bug") {
  const Outcome outcome = provoke(Fault::none);
  REQUIRE(outcome.planted == 0);
}

TEST_CASE("an empty batch that is counted freezes the frontier and is caught") {
  always_caught(Fault::empty_batch_counted);
}

TEST_CASE("a batch that goes around the produced count is caught") {
  always_caught(Fault::batch_not_counted);
}

TEST_CASE("a capability made out of an input frontier is caught") {
  often_caught(Fault::capability_from_frontier);
}

TEST_CASE("a progress batch lost at shutdown is caught") {
  always_caught(Fault::batch_lost_at_shutdown);
}

TEST_CASE("a frontier shown before the start barrier is caught") {
  often_caught(Fault::frontier_before_barrier);
}

TEST_CASE("negatives that overtake their positives are caught") {
  often_caught(Fault::negative_first);
}

TEST_CASE("progress batches that change places are caught") {
  always_caught(Fault::batches_swapped);
}

TEST_CASE("a message delivered and consumed twice is caught") {
  always_caught(Fault::duplicate_delivery);
}

TEST_CASE("a progress batch of an older generation taken for a new one is caught") {
  always_caught(Fault::stale_generation_accepted);
}

TEST_CASE("a frontier of an older generation taken for a new one is caught") {
  often_caught(Fault::stale_frontier_accepted);
}

TEST_CASE("positives that stay behind their negatives are caught") {
  often_caught(Fault::positives_withheld);
}

TEST_CASE("a node that does not delay what the tracker was told it delays is caught") {
  often_caught(Fault::wrong_summary);
}

TEST_CASE("a process that splits a sum, its negatives first, is caught") {
  often_caught(Fault::sum_split, 3);
}

TEST_CASE("a process taken for registered before its instances are is caught") {
  often_caught(Fault::sum_before_registration, 3);
}

TEST_CASE("sums of a process that change places are caught") {
  always_caught(Fault::sums_swapped, 3);
}

TEST_CASE("a lost sum of a process is caught") {
  always_caught(Fault::sum_lost, 3);
}

TEST_CASE("a sum of an older generation taken for a new one is caught") {
  always_caught(Fault::stale_sum_accepted, 3);
}

TEST_CASE("deltas for a process that change places are caught") {
  always_caught(Fault::deltas_swapped, 3);
}

TEST_CASE("a lost delta for a process is caught") {
  always_caught(Fault::delta_lost, 3);
}

TEST_CASE("a delta of an older generation taken for a new one is caught") {
  often_caught(Fault::stale_delta_accepted, 3);
}

}  // namespace
}  // namespace eagre::progress
