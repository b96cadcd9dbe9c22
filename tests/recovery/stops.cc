#include "tests/recovery/stops.h"

#include <algorithm>
#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

namespace eagre::testing {

Numbers random_numbers(base::Random& random, std::uint64_t most) {
  std::vector<std::uint64_t> all(random.below(most));
  for (std::uint64_t& n : all) {
    n = random.below(50);
  }
  return std::make_shared<const std::vector<std::uint64_t>>(std::move(all));
}

namespace {

struct Tally {
  int stopped = 0;
  int restored = 0;
  int rescaled = 0;
};

// A run without checkpoints, against one with them that is stopped dead again and again, and goes
// on with another number of workers if it can.
void check(const Case& one, bool rescales, base::Random& random, Tally& tally) {
  api::Program undisturbed = one.program();
  const auto expected = undisturbed.results;
  api::PlainLoopOptions options;
  options.run.workers = static_cast<std::uint32_t>(1 + random.below(3));
  options.seed = random();
  api::PlainLoop alone(std::move(undisturbed), options);
  REQUIRE(alone.run().ok());
  const std::uint64_t last_stop = std::min<std::uint64_t>(5000, 3 * alone.steps());

  options.checkpoint_every = 60 + random.below(1 + last_stop / 12);
  options.abort_one_in = random.below(3);
  options.run.batch_bytes = 8 + random.below(60);
  options.run.inbox_bytes = 300 + random.below(5000);
  for (int stops_left = static_cast<int>(random.below(5));; --stops_left) {
    api::Program program = one.program();
    const auto results = program.results;
    if (rescales && random.below(2) == 0) {
      options.run.workers = static_cast<std::uint32_t>(1 + random.below(4));
    }
    tally.rescaled +=
        options.restored != nullptr && options.restored->workers != options.run.workers ? 1 : 0;
    options.seed = random();
    options.stop_after = stops_left > 0 ? 1 + random.below(last_stop) : 0;
    options.audit_every = random.below(4) == 0 ? 50 : 0;
    api::PlainLoop loop(std::move(program), options);
    const base::Status status = loop.run();
    options.restored = loop.last_checkpoint();
    if (loop.was_stopped()) {
      ++tally.stopped;
      tally.restored += options.restored != nullptr ? 1 : 0;
      continue;
    }
    REQUIRE(status.ok());
    REQUIRE(results.size() == expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      REQUIRE(*results[i] == *expected[i]);
    }
    return;
  }
}

constexpr int kRuns = 150;

}  // namespace

void check_stops(const std::string& name, const Flow& flow, bool rescales) {
  Tally tally;
  for (int seed = 1; seed <= kRuns; ++seed) {
    CAPTURE(name, seed);
    base::Random random(static_cast<std::uint64_t>(seed));
    Case one;
    one.flow = flow;
    one.a = random_numbers(random, 300);
    one.b = random_numbers(random, random.below(2) == 0 ? 300 : 30);
    one.per_epoch = 1 + random.below(10);
    check(one, rescales, random, tally);
  }
  // The runs were really interrupted, and went on from checkpoints.
  REQUIRE(tally.stopped > kRuns / 4);
  REQUIRE(tally.restored > tally.stopped / 8);
  REQUIRE((tally.rescaled > tally.restored / 8) == rescales);
}

}  // namespace eagre::testing
