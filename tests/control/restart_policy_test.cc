// When a dataflow is started again, in virtual time: laws over random policies and random lives,
// and the messages by example. Catches: a storm of restarts that never ends, because pauses keep it
// below the limit or because its lives take long; restarts that are refused though there were few;
// pauses that do not grow.

#include "runtime/control/restart_policy.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <vector>

namespace eagre::control {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::uint64_t kSeeds = 300;

std::optional<CheckpointId> checkpoint(std::uint64_t interval) {
  return CheckpointId{1, interval};
}

RestartPolicy any_policy(base::Random& random) {
  return {.most = random.below(30),
          .window = milliseconds(1 + random.below(100'000)),
          .first_pause = milliseconds(random.below(1000)),
          .longest_pause = milliseconds(random.below(20'000))};
}

// How many restarts there are until it is given up, `limit` at most; each life takes `life` and,
// if it `advances`, begins with another checkpoint than the one before.
template <class Life>
std::uint64_t restarts_of(const RestartPolicy& policy, std::uint64_t seed, bool advances, Life life,
                          nanoseconds& now, std::uint64_t limit) {
  Restarts restarts(policy, base::Random(seed));
  for (std::uint64_t i = 0; i < limit; ++i) {
    now += life();
    const auto pause = restarts.after(now, checkpoint(advances ? i : 0), "error");
    if (!pause.ok()) {
      return i;
    }
    now += *pause;
  }
  return limit;
}

TEST_CASE("a storm of restarts ends after so many, and before half of the window is over") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CAPTURE(seed);
    base::Random random(seed);
    const RestartPolicy policy = any_policy(random);
    nanoseconds now(random.below(1'000'000));
    const nanoseconds begun = now;
    const auto at_once = [] { return nanoseconds(0); };
    // Also if checkpoints are taken all the while.
    CHECK(restarts_of(policy, seed, random.coin(0.5), at_once, now, 100) == policy.most);
    CHECK(now - begun <= policy.window / 2);
  }
}

TEST_CASE("without a new checkpoint it is given up, however long lives take") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CAPTURE(seed);
    base::Random random(seed);
    const RestartPolicy policy = any_policy(random);
    nanoseconds now(0);
    const auto any_time = [&] { return milliseconds(random.below(300'000)); };
    CHECK(restarts_of(policy, seed, false, any_time, now, 100) == policy.most);
  }
}

TEST_CASE("lives that take checkpoints and last are always followed by another") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CAPTURE(seed);
    base::Random random(seed);
    RestartPolicy policy = any_policy(random);
    ++policy.most;
    nanoseconds now(0);
    const auto seldom = [&] { return policy.window / policy.most + milliseconds(1); };
    CHECK(restarts_of(policy, seed, true, seldom, now, 200) == 200);
  }
}

TEST_CASE("no window holds more restarts than are allowed") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    CAPTURE(seed);
    base::Random random(seed);
    const RestartPolicy policy = any_policy(random);
    Restarts restarts(policy, base::Random(seed));
    std::vector<nanoseconds> ends;
    nanoseconds now(0);
    for (std::uint64_t i = 0; i < 200; ++i) {
      now += milliseconds(random.below(static_cast<std::uint64_t>(policy.window.count())) / 10);
      if (const auto pause = restarts.after(now, checkpoint(i), "error"); pause.ok()) {
        ends.push_back(now);
        now += *pause;
      }
      if (ends.size() > policy.most) {
        REQUIRE(ends.back() - ends[ends.size() - 1 - policy.most] > policy.window);
      }
    }
  }
}

TEST_CASE("pauses double up to a limit, with up to half of them by chance") {
  const RestartPolicy policy{.most = 100,
                             .window = std::chrono::hours(1),
                             .first_pause = milliseconds(100),
                             .longest_pause = milliseconds(1000)};
  Restarts one(policy, base::Random(1));
  Restarts other(policy, base::Random(2));
  CHECK(one.after(nanoseconds(0), checkpoint(0), "error").value() == milliseconds(0));
  CHECK(other.after(nanoseconds(0), checkpoint(0), "error").value() == milliseconds(0));
  int different = 0;
  for (const int least : {100, 200, 400, 800, 1000, 1000, 1000}) {
    CAPTURE(least);
    const milliseconds pause = one.after(nanoseconds(1), checkpoint(0), "error").value();
    CHECK(pause >= milliseconds(least));
    CHECK(pause <= milliseconds(least + least / 2));
    different += pause != other.after(nanoseconds(1), checkpoint(0), "error").value() ? 1 : 0;
  }
  CHECK(different > 0);
  // A life that has lasted, and from another checkpoint: all is forgotten.
  CHECK(one.after(std::chrono::hours(2), checkpoint(1), "error").value() == milliseconds(0));
}

TEST_CASE("giving up tells how many restarts there were, in what time, and the last error") {
  const RestartPolicy policy{.most = 1};
  Restarts quick(policy, base::Random(0));
  REQUIRE(quick.after(milliseconds(500), checkpoint(1), "first").ok());
  const base::Status status = quick.after(milliseconds(2000), checkpoint(2), "second").status();
  CHECK(status.code() == base::Code::failed);
  CHECK(status.message() == "given up after 1 restart within 1500ms: second");

  Restarts slow(policy, base::Random(0));
  REQUIRE(slow.after(nanoseconds(0), std::nullopt, "first").ok());
  CHECK(slow.after(std::chrono::hours(3), std::nullopt, "second").status().message() ==
        "given up after 1 restart from the same checkpoint within 3h: second");

  Restarts none({.most = 0}, base::Random(0));
  CHECK(none.after(nanoseconds(0), std::nullopt, "first").status().message() ==
        "given up without a restart: first");
}

}  // namespace
}  // namespace eagre::control
