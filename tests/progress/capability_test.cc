// The rules of capabilities and of the ledger: what may be held, sent and consumed, and that every
// breach ends the process with a message that names the operator. By example; random schedules are
// in exchange_test.cc. Catches: capabilities out of nothing, uses after drop or move, counts that
// do not leave in one batch, wrong counts of empty messages.

#include "runtime/progress/capability.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include "runtime/progress/reporter.h"
#include "tests/support/broken_invariant.h"

namespace eagre::progress {
namespace {

using eagre::testing::broken_by;

const Location kIn(0);
const Location kOut(1);
const Location kTarget(2);
const Location kElsewhere(3);

// map: kIn -> kOut, an edge from there into a loop at kTarget.
std::shared_ptr<CapabilityLedger> ledger() {
  auto result = std::make_shared<CapabilityLedger>("map", 3);
  result->add_internal(kIn, kOut, PathSummary::advance(1, 0, 1));
  result->add_edge(kOut, kTarget, PathSummary::enter(1));
  return result;
}

bool says(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find("map (worker 3)") != std::string::npos);
  return text.find(part) != std::string::npos;
}

TEST_CASE("every change of a capability is in the ledger") {
  const auto l = ledger();
  Capability a = l->initial(kOut, Time{0});
  Capability b = a.clone();
  REQUIRE(l->held() == 2);
  REQUIRE(l->take_changes() == std::vector<Change>{{kOut, Time{0}, +2}});
  Capability c = a.delayed(Time{5});
  b.downgrade(Time{2});
  REQUIRE_FALSE(b.try_downgrade(Time{1}));
  REQUIRE(b.try_downgrade(Time{3}));
  a.drop();
  a.drop();
  REQUIRE_FALSE(a.valid());
  REQUIRE(l->held() == 2);
  REQUIRE(l->take_changes() ==
          std::vector<Change>{{kOut, Time{0}, -2}, {kOut, Time{3}, +1}, {kOut, Time{5}, +1}});
  Capability moved = std::move(c);
  REQUIRE(moved.time() == Time{5});
  moved = std::move(b);
  REQUIRE(l->held() == 1);
  REQUIRE(l->take_changes() == std::vector<Change>{{kOut, Time{5}, -1}});
  {
    const Capability gone = std::move(moved);
    REQUIRE(gone.output() == kOut);
  }
  REQUIRE(l->held() == 0);
  REQUIRE(l->take_changes() == std::vector<Change>{{kOut, Time{3}, -1}});
}

TEST_CASE("what is consumed, held and sent in one activation leaves in one batch") {
  const auto l = ledger();
  Reporter reporter(Generation(4), ReporterId(9));
  REQUIRE(*reporter.flush(*l) == ProgressBatch{Generation(4), ReporterId(9), 0, {}});
  REQUIRE(reporter.flush(*l) == nullptr);
  l->begin_message(kIn, Time{7});
  Capability held = l->from_message(kIn, Time{7}, kOut, Time{8});
  l->produce(kTarget, Time{8, 0}, 10, held);
  l->end_message();
  l->consume(kIn, Time{7}, 12);
  REQUIRE(*reporter.flush(*l) ==
          ProgressBatch{Generation(4),
                        ReporterId(9),
                        1,
                        {{kIn, Time{7}, -12}, {kOut, Time{8}, +1}, {kTarget, Time{8, 0}, +10}}});
  held.drop();
  REQUIRE(reporter.flush(*l)->sequence == 2);
}

TEST_CASE("a capability may outlive its operator") {
  auto l = ledger();
  Capability held = l->initial(kOut, Time{0});
  l.reset();
  held.downgrade(Time{4});
  REQUIRE(held.time() == Time{4});
}

TEST_CASE("a capability that was dropped or moved from cannot be used") {
  const auto l = ledger();
  Capability a = l->initial(kOut, Time{0});
  Capability b = std::move(a);
  // NOLINTBEGIN(bugprone-use-after-move)
  REQUIRE(says(broken_by([&] { (void)a.time(); }), "after it was dropped or moved from"));
  REQUIRE(says(broken_by([&] { (void)a.clone(); }), "clone of a capability after"));
  // NOLINTEND(bugprone-use-after-move)
  b.drop();
  REQUIRE(says(broken_by([&] { b.downgrade(Time{9}); }), "downgrade of a capability after"));
  REQUIRE(says(broken_by([&] { l->produce(kTarget, Time{0, 0}, 1, b); }), "after it was dropped"));
  REQUIRE(broken_by([] { (void)Capability().time(); }).find("(none)") != std::string::npos);
}

TEST_CASE("a capability never goes back in time") {
  const auto l = ledger();
  Capability a = l->initial(kOut, Time{3});
  REQUIRE(says(broken_by([&] { a.downgrade(Time{2}); }), "at (3) cannot be downgraded to (2)"));
  REQUIRE(says(broken_by([&] { (void)a.delayed(Time{2}); }), "at (3) cannot be delayed to (2)"));
}

TEST_CASE("a capability comes only from the message at work, by a declared path") {
  const auto l = ledger();
  const auto mint = [&](Time message, Location output, Time time) {
    return broken_by([&] { (void)l->from_message(kIn, message, output, time); });
  };
  REQUIRE(says(mint(Time{1}, kOut, Time{2}), "that is not at work"));
  l->begin_message(kIn, Time{1});
  REQUIRE(says(mint(Time{0}, kOut, Time{2}), "that is not at work"));
  // The declared path adds one: the message's own time is too early.
  REQUIRE(says(mint(Time{1}, kOut, Time{1}), "no declared path leads from a message at (1)"));
  REQUIRE(says(mint(Time{1}, kElsewhere, Time{2}), "no declared path"));
  REQUIRE(mint(Time{1}, kOut, Time{2}).empty());
  REQUIRE(mint(Time{1}, kOut, Time{5}).empty());
  REQUIRE(says(broken_by([&] { (void)l->take_changes(); }), "while a message at (1) was at work"));
  l->end_message();
  REQUIRE(says(mint(Time{1}, kOut, Time{2}), "that is not at work"));
}

TEST_CASE("initial capabilities come before the first report only") {
  const auto l = ledger();
  Reporter reporter(Generation(1), ReporterId(0));
  Capability a = l->initial(kOut, Time{0});
  (void)reporter.flush(*l);
  REQUIRE(says(broken_by([&] { (void)l->initial(kOut, Time{0}); }), "had registered"));
}

TEST_CASE("a message needs a capability that leads to it") {
  const auto l = ledger();
  const auto other = ledger();
  Capability a = l->initial(kOut, Time{3});
  const Capability foreign = other->initial(kOut, Time{0});
  const auto send = [&](Location target, Time time, const Capability& support) {
    return broken_by([&] { l->produce(target, time, 1, support); });
  };
  REQUIRE(send(kTarget, Time{3, 0}, a).empty());
  REQUIRE(send(kTarget, Time{4, 2}, a).empty());
  REQUIRE(says(send(kTarget, Time{2, 9}, a), "no edge leads from a capability at (3)"));
  REQUIRE(says(send(kTarget, Time{3}, a), "no edge leads"));
  REQUIRE(says(send(kElsewhere, Time{3, 0}, a), "no edge leads"));
  REQUIRE(says(send(kTarget, Time{3, 0}, foreign), "was sent with a capability of operator"));
}

TEST_CASE("an empty message is not counted") {
  const auto l = ledger();
  Capability a = l->initial(kOut, Time{3});
  REQUIRE(says(broken_by([&] { l->produce(kTarget, Time{3, 0}, 0, a); }), "an empty message"));
  REQUIRE(says(broken_by([&] { l->consume(kIn, Time{3}, 0); }), "an empty message"));
}

TEST_CASE("in production a breach ends the process") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // Catch2's own handler must not take the signal for a failure of this test.
    std::signal(SIGABRT, SIG_DFL);
    (void)close(STDERR_FILENO);
    const auto l = ledger();
    Capability a = l->initial(kOut, Time{3});
    a.downgrade(Time{2});
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGABRT);
}

}  // namespace
}  // namespace eagre::progress
