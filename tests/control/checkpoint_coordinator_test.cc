// The leader's side of checkpoints by example. Catches: answers heard for another checkpoint, twice
// or in the name of others, a boundary behind what was shown, parts that count before there is a
// boundary, and whatever else no process that works says.
#include "runtime/control/checkpoint_coordinator.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>

namespace eagre::control {
namespace {

using Saved = CheckpointCoordinator::Saved;

TEST_CASE("the coordinator takes one checkpoint at a time, and hears each answer for its own") {
  CheckpointCoordinator coordinator({1, 1, 0}, 5);
  REQUIRE(coordinator.begin());
  REQUIRE_FALSE(coordinator.begin());
  REQUIRE(coordinator.open() == 5);
  REQUIRE_FALSE(coordinator.answered(0, 4, 99).value());
  REQUIRE_FALSE(coordinator.answered(0, 5, 7).value());
  REQUIRE(coordinator.answered(1, 5, 3).value());
  REQUIRE(coordinator.decide(6) == 7);
  REQUIRE(coordinator.boundary() == 7);
  REQUIRE(coordinator.saved(0, 5).value() == Saved::counts);
  REQUIRE(coordinator.saved(1, 4).value() == Saved::late);
  REQUIRE(coordinator.saved(1, 5).value() == Saved::counts);
  REQUIRE(coordinator.saved(2, 5).value() == Saved::all);
  coordinator.complete();
  REQUIRE(coordinator.completed() == 1);

  REQUIRE(coordinator.begin());
  REQUIRE(coordinator.open() == 6);
  REQUIRE_FALSE(coordinator.answered(0, 6, 1).value());
  REQUIRE(coordinator.abort() == 6);
  REQUIRE_FALSE(coordinator.abort().has_value());
  // What is late changes nothing.
  REQUIRE_FALSE(coordinator.answered(1, 6, 1).value());
  REQUIRE_FALSE(coordinator.not_saved(1, 6).value());
  REQUIRE(coordinator.begin());
  REQUIRE_FALSE(coordinator.answered(0, 7, 1).value());
  REQUIRE(coordinator.answered(1, 7, 1).value());
  REQUIRE(coordinator.not_saved(1, 7).value());
  // Never before what frontiers may have been shown.
  REQUIRE(coordinator.decide(8) == 8);
  REQUIRE(coordinator.aborted() == 1);
}

template <class T>
std::string refusal(const base::Result<T>& result) {
  REQUIRE(result.status().code() == base::Code::input);
  return result.status().message();
}

TEST_CASE("what no process that works says of a checkpoint is refused, and changes nothing") {
  CheckpointCoordinator coordinator({2, 1}, 5);
  CHECK(refusal(coordinator.answered(0, 5, 1)) == "checkpoint 5 has not begun");
  REQUIRE(coordinator.begin());
  CHECK(refusal(coordinator.answered(0, 6, 1)) == "checkpoint 6 has not begun");
  CHECK(refusal(coordinator.answered(2, 5, 1)) == "part 2 of a checkpoint of 2 parts");
  CHECK(refusal(coordinator.answered(0, 5, std::numeric_limits<std::uint64_t>::max())) ==
        "checkpoint 5: a source in epoch 18446744073709551615, behind which there is none");
  REQUIRE_FALSE(coordinator.answered(1, 5, 1).value());
  // Process 1 has one source: it cannot answer for those of process 0.
  CHECK(refusal(coordinator.answered(1, 5, 99)) == "checkpoint 5 has 1 answers of part 1 already");
  CHECK(refusal(coordinator.saved(1, 5)) == "checkpoint 5 has no boundary yet");
  REQUIRE_FALSE(coordinator.answered(0, 5, 2).value());
  REQUIRE(coordinator.answered(0, 5, 1).value());
  REQUIRE(coordinator.decide(0) == 2);
  REQUIRE(coordinator.saved(1, 5).value() == Saved::counts);
  CHECK(refusal(coordinator.saved(1, 5)) == "part 1 of checkpoint 5 is saved already");
  CHECK(refusal(coordinator.not_saved(1, 5)) == "part 1 of checkpoint 5 is saved already");
  CHECK(refusal(coordinator.not_saved(9, 5)) == "part 9 of a checkpoint of 2 parts");
  REQUIRE(coordinator.saved(0, 5).value() == Saved::all);
}

TEST_CASE("a dataflow without sources takes no checkpoints") {
  REQUIRE_FALSE(CheckpointCoordinator({0}, 0).begin());
}

}  // namespace
}  // namespace eagre::control
