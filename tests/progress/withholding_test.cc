// The rules for what an instance might keep behind, by example; random schedules are in
// exchange_test.cc. Catches: positives that stay without anything that holds the frontier back for
// them, negatives that somebody waits for.
#include "tests/progress/withholding.h"

#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <memory>

namespace eagre::progress {
namespace {

const Location kIn(0);
const Location kOut(1);
const Location kTarget(2);

// map: kIn -> kOut, an edge from there into a loop at kTarget.
std::shared_ptr<CapabilityLedger> ledger() {
  auto result = std::make_shared<CapabilityLedger>("map", 3);
  result->add_internal(kIn, kOut, PathSummary::advance(1, 0, 1));
  result->add_edge(kOut, kTarget, PathSummary::enter(1));
  return result;
}

ChangeBatch changes(std::initializer_list<Change> list) {
  ChangeBatch batch;
  for (const Change& change : list) {
    batch.add(change);
  }
  return batch;
}

TEST_CASE("positives may stay behind only what holds the frontier back for them") {
  const auto owner = ledger();
  const NodePaths& p = owner->paths();
  const Change sent{kTarget, Time{5, 0}, +3};
  REQUIRE_FALSE(justified(changes({sent}), {}, p));
  // A withheld negative before it: on the output, or two steps back on the input.
  REQUIRE(justified(changes({sent, {kOut, Time{5}, -1}}), {}, p));
  REQUIRE(justified(changes({sent, {kIn, Time{4}, -1}}), {}, p));
  REQUIRE_FALSE(justified(changes({sent, {kIn, Time{5}, -1}}), {}, p));
  // A held capability before it.
  REQUIRE(justified(changes({sent}), changes({{kOut, Time{5}, 1}}), p));
  REQUIRE_FALSE(justified(changes({sent}), changes({{kOut, Time{6}, 1}}), p));
  // A new capability beside one that was told already, but not the only one.
  REQUIRE(justified(changes({{kOut, Time{6}, 1}}), changes({{kOut, Time{6}, 2}}), p));
  REQUIRE_FALSE(justified(changes({{kOut, Time{6}, 1}}), changes({{kOut, Time{6}, 1}}), p));
  REQUIRE(justified(changes({{kOut, Time{6}, -1}}), {}, p));
}

TEST_CASE("a negative touches the frontier unless something known is before it") {
  const auto owner = ledger();
  const NodePaths& p = owner->paths();
  const Antichain at3{Time{3}};
  const Antichain at4{Time{4}};
  const KnownInput known3[] = {{kIn, at3}};
  const KnownInput known4[] = {{kIn, at4}};
  const ChangeBatch consumed = changes({{kIn, Time{4}, -2}});
  REQUIRE(touches_frontier(consumed, {}, p, {}));
  REQUIRE(touches_frontier(consumed, {}, p, known4));
  REQUIRE_FALSE(touches_frontier(consumed, {}, p, known3));
  const ChangeBatch dropped = changes({{kOut, Time{5}, -1}});
  REQUIRE(touches_frontier(dropped, {}, p, {}));
  REQUIRE_FALSE(touches_frontier(dropped, changes({{kOut, Time{4}, 1}}), p, {}));
  REQUIRE_FALSE(touches_frontier(dropped, {}, p, known4));
  REQUIRE_FALSE(touches_frontier(changes({{kOut, Time{5}, 1}}), {}, p, {}));
}

TEST_CASE("a withholding reporter keeps back what nobody waits for and flushes when asked") {
  const auto l = ledger();
  WithholdingReporter reporter(Generation(1), ReporterId(0), Withholding::justified);
  Capability a = l->initial(kOut, Time{0});
  REQUIRE(reporter.flush_if_due(*l, {})->sequence == 0);
  // Held at 0 and still told so: what is sent at 0 may wait.
  l->produce(kTarget, Time{0, 0}, 5, a);
  REQUIRE(reporter.flush_if_due(*l, {}) == nullptr);
  REQUIRE(reporter.withheld().size() == 1);
  // The capability goes: now everything is due, in one batch.
  a.downgrade(Time{1});
  const ProgressBatch* const batch = reporter.flush_if_due(*l, {});
  REQUIRE(batch != nullptr);
  REQUIRE(batch->sequence == 1);
  REQUIRE(batch->changes.size() == 3);
  l->produce(kTarget, Time{1, 0}, 5, a);
  REQUIRE(reporter.flush_if_due(*l, {}) == nullptr);
  REQUIRE(reporter.flush(*l)->sequence == 2);
}

}  // namespace
}  // namespace eagre::progress
