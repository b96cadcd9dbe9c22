// Progress over several processes by example: what a process tells the leader and when, what the
// leader tells back, the start barrier over all of them, generations, numbers, and each refusal.
// Catches: a process that reports before all of its instances have registered or tells a part of
// what it heard, frontiers before every process has registered, sums and deltas heard twice or with
// gaps, malformed ones that are applied in part, ports that are not told what came before they
// asked.

#include "runtime/progress/consolidator.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/progress/aggregator.h"
#include "tests/progress/line.h"
#include "tests/support/broken_invariant.h"

namespace eagre::progress {
namespace {

using eagre::testing::broken_by;

const ProcessId kSecond(1);

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

ProgressSum sum(std::uint32_t process, std::uint64_t sequence, std::vector<Change> changes) {
  return ProgressSum{kNow, ProcessId(process), sequence, std::move(changes)};
}

FrontierDelta delta(std::uint64_t version, std::vector<FrontierMove> moves) {
  return FrontierDelta{kNow, version, std::move(moves)};
}

// Publishes; what is for the other processes goes to `sent`, what is told here is the result.
Told publish_to(Aggregator& leader, std::optional<FrontierDelta>& sent) {
  sent.reset();
  return publish(leader, [&](const FrontierDelta& moved) {
    REQUIRE_FALSE(sent.has_value());
    sent = moved;
  });
}

// Process 1 of the line, all of its instances registered; the source holds (0).
struct Registered {
  explicit Registered(Interest map_interest = Interest::always)
      : here(line.topology, kNow, kSecond, line.instances(map_interest, 1)) {
    here.apply(batch(3, 0, {{line.source_out, Time{0}, +1}}));
    here.apply(batch(4, 0, {}));
    here.apply(batch(5, 0, {}));
    REQUIRE(here.flush() != nullptr);
  }
  // The first delta names all locations in which somebody has interest.
  void start() {
    REQUIRE(here.apply(delta(1, {{line.map_in, {Time{0}}}, {line.sink_in, {Time{0}}}})).ok());
  }

  Line line;
  Consolidator here;
};

TEST_CASE("a process tells the leader nothing before all of its instances have registered") {
  const Line line;
  Consolidator here(line.topology, kNow, kSecond, line.instances(Interest::always, 1));
  here.apply(batch(3, 0, {{line.source_out, Time{0}, +1}}));
  here.apply(batch(3, 1, {{line.map_in, Time{0}, +7}}));
  here.apply(batch(5, 0, {}));
  REQUIRE(here.flush() == nullptr);
  REQUIRE(here.describe_missing() ==
          std::vector<std::string>{"instance 4 (map) has not registered"});
  here.apply(batch(4, 0, {}));
  const ProgressSum* const first = here.flush();
  REQUIRE(first != nullptr);
  REQUIRE(*first == sum(1, 0, {{line.source_out, Time{0}, +1}, {line.map_in, Time{0}, +7}}));
  REQUIRE(here.describe_missing().empty());
  REQUIRE(here.flush() == nullptr);
}

TEST_CASE("the first sum of a process may be empty, later ones are not sent then") {
  const Line line;
  Consolidator here(line.topology, kNow, kSecond, line.instances(Interest::always, 1));
  for (std::uint32_t reporter = 3; reporter < 6; ++reporter) {
    here.apply(batch(reporter, 0, {}));
  }
  const ProgressSum* const first = here.flush();
  REQUIRE(first != nullptr);
  REQUIRE(*first == sum(1, 0, {}));
  REQUIRE(here.flush() == nullptr);
  // Sent and consumed in the same process.
  here.apply(batch(3, 1, {{line.map_in, Time{0}, +7}}));
  here.apply(batch(4, 1, {{line.map_in, Time{0}, -7}}));
  REQUIRE(here.flush() == nullptr);
  here.apply(batch(3, 2, {{line.map_in, Time{0}, +1}}));
  const ProgressSum* const second = here.flush();
  REQUIRE(second != nullptr);
  REQUIRE(*second == sum(1, 1, {{line.map_in, Time{0}, +1}}));
}

TEST_CASE("a process adds up whole batches for the leader") {
  Registered process;
  const Line& line = process.line;
  process.here.apply(batch(3, 1,
                           {{line.source_out, Time{0}, -1},
                            {line.source_out, Time{3}, +1},
                            {line.map_in, Time{0}, +10}}));
  process.here.apply(batch(4, 1, {{line.map_in, Time{0}, -4}, {line.sink_in, Time{0}, +4}}));
  const ProgressSum* const told = process.here.flush();
  REQUIRE(told != nullptr);
  REQUIRE(*told == sum(1, 1,
                       {{line.source_out, Time{0}, -1},
                        {line.source_out, Time{3}, +1},
                        {line.map_in, Time{0}, +6},
                        {line.sink_in, Time{0}, +4}}));
}

TEST_CASE("what instances of a process report is checked as in the leader") {
  Registered process;
  const Line& line = process.line;
  const auto apply = [&](const ProgressBatch& reported) {
    return broken_by([&] { process.here.apply(reported); });
  };
  REQUIRE(contains(apply(batch(3, 2, {})), "one before it is lost or late"));
  REQUIRE(contains(apply(batch(3, 0, {})), "it was heard before"));
  // An instance of the leader.
  REQUIRE(contains(apply(batch(0, 0, {})), "whom nobody knows"));
  REQUIRE(contains(apply(batch(3, 1, {{Location(99), Time{0}, 1}})),
                   "reporter 3: there is no location 99"));
  REQUIRE(contains(apply(batch(4, 1, {{line.map_in, Time{0, 0}, 1}})), "does not fit map.in0"));
  ProgressBatch other = batch(5, 1, {});
  other.generation = Generation(6);
  REQUIRE(contains(apply(other), "is in generation 6"));
  other.generation = Generation(4);
  REQUIRE(apply(other).empty());
  REQUIRE(process.here.stale() == 1);
  REQUIRE(contains(broken_by([&] { Consolidator(line.topology, kNow, kLeader, {}); }),
                   "the tracker is there"));
}

TEST_CASE("no frontier is shown before every process has registered") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 3);
  std::optional<FrontierDelta> sent;
  for (std::uint32_t reporter = 0; reporter < 3; ++reporter) {
    leader.apply(batch(reporter, 0, {}));
  }
  REQUIRE(leader.apply(sum(2, 0, {{line.source_out, Time{1}, +1}})).ok());
  REQUIRE(leader.apply(sum(2, 1, {{line.source_out, Time{1}, -1}})).ok());
  REQUIRE(publish_to(leader, sent).empty());
  REQUIRE_FALSE(sent.has_value());
  REQUIRE_FALSE(leader.started());
  REQUIRE(leader.describe_blocked() == "process 1 has not registered");
  REQUIRE(leader.apply(sum(1, 0, {{line.source_out, Time{2}, +1}})).ok());
  REQUIRE(leader.started());
  REQUIRE(publish_to(leader, sent) == Told{{1, 1, {Time{2}}}, {2, 1, {Time{2}}}});
  REQUIRE(sent == delta(1, {{line.map_in, {Time{2}}}, {line.sink_in, {Time{2}}}}));
  REQUIRE(leader.describe_blocked() == "source.out0 at (2): 1 held");
}

TEST_CASE("other processes wait for the instances of the leader too") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  std::optional<FrontierDelta> sent;
  REQUIRE(leader.apply(sum(1, 0, {})).ok());
  leader.apply(batch(0, 0, {}));
  leader.apply(batch(1, 0, {}));
  REQUIRE(publish_to(leader, sent).empty());
  REQUIRE_FALSE(sent.has_value());
  REQUIRE(leader.describe_blocked() == "instance 2 (sink) has not registered");
}

TEST_CASE("the leader tells the others once of all that moved, until all is complete") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  std::optional<FrontierDelta> sent;
  for (std::uint32_t reporter = 0; reporter < 3; ++reporter) {
    leader.apply(batch(reporter, 0, {}));
  }
  REQUIRE(leader.apply(sum(1, 0, {{line.source_out, Time{0}, +1}})).ok());
  publish_to(leader, sent);
  REQUIRE(sent == delta(1, {{line.map_in, {Time{0}}}, {line.sink_in, {Time{0}}}}));
  publish_to(leader, sent);
  REQUIRE_FALSE(sent.has_value());
  // Ten records of process 1 go to the map of the leader.
  REQUIRE(leader
              .apply(sum(1, 1,
                         {{line.source_out, Time{0}, -1},
                          {line.source_out, Time{3}, +1},
                          {line.map_in, Time{0}, +10}}))
              .ok());
  publish_to(leader, sent);
  REQUIRE_FALSE(sent.has_value());
  leader.apply(batch(1, 1, {{line.map_in, Time{0}, -10}, {line.sink_in, Time{0}, +10}}));
  REQUIRE(publish_to(leader, sent) == Told{{1, 2, {Time{3}}}});
  REQUIRE(sent == delta(2, {{line.map_in, {Time{3}}}}));
  // The sink of process 1 took the records, and its source ends.
  REQUIRE(leader.apply(sum(1, 2, {{line.sink_in, Time{0}, -10}})).ok());
  REQUIRE(leader.apply(sum(1, 3, {{line.source_out, Time{3}, -1}})).ok());
  REQUIRE(publish_to(leader, sent) == Told{{2, 2, {}}, {1, 3, {}}});
  REQUIRE(sent == delta(3, {{line.sink_in, {}}, {line.map_in, {}}}));
  REQUIRE(leader.complete());
}

TEST_CASE("frontiers that must go to other processes are not forgotten") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  for (std::uint32_t reporter = 0; reporter < 3; ++reporter) {
    leader.apply(batch(reporter, 0, {}));
  }
  REQUIRE(leader.apply(sum(1, 0, {})).ok());
  REQUIRE(contains(broken_by([&] { publish(leader); }), "nobody tells the other processes"));
}

TEST_CASE("a sum of an older generation is dropped, one of a newer is refused") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  ProgressSum other = sum(1, 17, {{line.source_out, Time{0}, +1}});
  other.generation = Generation(4);
  REQUIRE(leader.apply(other).ok());
  REQUIRE(leader.stale() == 1);
  other.generation = Generation(6);
  const base::Status status = leader.apply(other);
  REQUIRE(status.code() == base::Code::refused);
  REQUIRE(status.message() ==
          "progress of process 1 is refused: it is of generation 6, progress is tracked in "
          "generation 5");
}

TEST_CASE("a malformed sum is refused whole") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  const auto refused = [&](const ProgressSum& bad) {
    const base::Status status = leader.apply(bad);
    REQUIRE(status.code() == base::Code::input);
    return status.message();
  };
  const Change good{line.source_out, Time{0}, +1};
  REQUIRE(refused(sum(0, 0, {good})) ==
          "progress of process 0 is refused: it is none of the 1 others of this dataflow");
  REQUIRE(contains(refused(sum(2, 0, {good})), "it is none of the 1 others"));
  REQUIRE(refused(sum(1, 0, {good, {Location(99), Time{0}, 1}})) ==
          "progress of process 1 is refused: there is no location 99");
  REQUIRE(contains(refused(sum(1, 0, {good, {line.map_in, Time{0, 0}, 1}})),
                   "time (0, 0) does not fit map.in0, whose times have 1 coordinates"));
  REQUIRE(contains(refused(sum(1, 0, {good, {line.map_in, Time(), 1}})), "does not fit map.in0"));
  REQUIRE(contains(refused(sum(1, 0, {good, {line.map_in, Time{0}, 0}})), "a change of zero"));
  // None of it was applied, nor does it count as the registration.
  for (std::uint32_t reporter = 0; reporter < 3; ++reporter) {
    leader.apply(batch(reporter, 0, {}));
  }
  REQUIRE_FALSE(leader.started());
  REQUIRE(leader.apply(sum(1, 0, {})).ok());
  REQUIRE(leader.complete());
}

TEST_CASE("a gap in the sums of a process and a repetition are refused") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  const auto apply = [&](const ProgressSum& next) {
    const base::Status status = leader.apply(next);
    REQUIRE((status.ok() || status.code() == base::Code::input));
    return status.message();
  };
  REQUIRE(contains(apply(sum(1, 1, {})), "one before it is lost or late"));
  REQUIRE(apply(sum(1, 0, {})).empty());
  REQUIRE(apply(sum(1, 0, {})) ==
          "progress of process 1 is refused: sum 0 came when sum 1 was due: it was heard before");
}

// The leader of three, all registered; the source of each holds (3).
struct Leading {
  Leading() : leader(line.topology, kNow, line.instances(), {}, 3) {
    for (std::uint32_t reporter = 0; reporter < 3; ++reporter) {
      leader.apply(batch(reporter, 0, {}));
    }
    REQUIRE(leader.apply(sum(1, 0, {{line.source_out, Time{3}, +1}})).ok());
    REQUIRE(leader.apply(sum(2, 0, {{line.source_out, Time{3}, +1}})).ok());
    publish_to(leader, sent);
    REQUIRE(sent);
  }
  // Who is to blame for what, once all is added up.
  std::pair<std::vector<ProcessId>, std::string> wrong() {
    CHECK(publish_to(leader, sent).empty());
    CHECK_FALSE(sent);
    REQUIRE(leader.wrong());
    return {leader.wrong()->from, leader.wrong()->what};
  }

  Line line;
  Aggregator leader;
  std::optional<FrontierDelta> sent;
};

TEST_CASE("a sum that would move a frontier back is refused with the processes that told last") {
  Leading all;
  REQUIRE(all.leader.apply(sum(2, 1, {{all.line.map_out, Time{2}, +1}})).ok());
  const auto [from, what] = all.wrong();
  CHECK(from == std::vector<ProcessId>{ProcessId(2)});
  CHECK(contains(what, "would move back from {(3)} to {(2)}"));
  // For good.
  REQUIRE(all.leader.apply(sum(2, 2, {{all.line.map_out, Time{2}, -1}})).ok());
  all.wrong();
}

TEST_CASE("more pointstamps than can be counted are refused, told at once or bit by bit") {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t many : {kMost, -kMost - 1}) {
    for (const bool at_once : {true, false}) {
      Leading all;
      REQUIRE(all.leader.apply(sum(1, 1, {{all.line.map_out, Time{5}, many}})).ok());
      if (!at_once) {
        publish_to(all.leader, all.sent);
        REQUIRE_FALSE(all.leader.wrong());
      }
      REQUIRE(all.leader.apply(sum(2, 1, {{all.line.map_out, Time{5}, many}})).ok());
      const auto [from, what] = all.wrong();
      CHECK(from.back() == ProcessId(2));
      CHECK(from.size() == (at_once ? 2 : 1));
      CHECK(what == "more pointstamps than can be counted");
    }
  }
}

TEST_CASE("the instances of a process are told what the leader tells") {
  Registered process;
  const Line& line = process.line;
  REQUIRE(publish(process.here).empty());
  REQUIRE_FALSE(process.here.started());
  process.start();
  REQUIRE(process.here.started());
  REQUIRE(publish(process.here) == Told{{4, 1, {Time{0}}}, {5, 1, {Time{0}}}});
  REQUIRE(publish(process.here).empty());
  // Of two deltas the latest counts.
  REQUIRE(process.here.apply(delta(2, {{line.map_in, {Time{3}}}})).ok());
  REQUIRE(process.here.apply(delta(3, {{line.map_in, {Time{4}}}, {line.sink_in, {Time{1}}}})).ok());
  REQUIRE(publish(process.here) == Told{{4, 3, {Time{4}}}, {5, 2, {Time{1}}}});
  REQUIRE(process.here.frontier(line.map_in) == Antichain{Time{4}});
  REQUIRE(process.here.told() == 4);
}

TEST_CASE("who begins to hold in a process is told the latest frontier") {
  Registered process(Interest::while_holding);
  const Line& line = process.line;
  process.start();
  REQUIRE(publish(process.here) == Told{{5, 1, {Time{0}}}});
  REQUIRE(process.here.apply(delta(2, {{line.map_in, {Time{3}}}})).ok());
  REQUIRE(publish(process.here).empty());
  process.here.apply(batch(4, 1, {{line.map_out, Time{3}, +1}}));
  REQUIRE(publish(process.here) == Told{{4, 2, {Time{3}}}});
  // It gives up before it could be told.
  REQUIRE(process.here.apply(delta(3, {{line.map_in, {Time{4}}}})).ok());
  process.here.apply(batch(4, 2, {{line.map_out, Time{3}, -1}}));
  REQUIRE(publish(process.here).empty());
  process.here.apply(batch(4, 3, {{line.map_out, Time{4}, +1}}));
  REQUIRE(publish(process.here) == Told{{4, 3, {Time{4}}}});
}

TEST_CASE("a malformed delta is refused whole") {
  Registered process(Interest::never);
  const Line& line = process.line;
  const FrontierMove good{line.sink_in, {Time{7}}};
  const auto refused = [&](const FrontierDelta& bad) {
    const base::Status status = process.here.apply(bad);
    REQUIRE(status.code() == base::Code::input);
    return status.message();
  };
  REQUIRE(refused(delta(1, {good, {Location(99), {}}})) ==
          "frontiers of version 1 are refused: there is no location 99");
  REQUIRE(contains(refused(delta(1, {good, {line.sink_in, {Time{0, 0}}}})),
                   "time (0, 0) does not fit sink.in0"));
  REQUIRE(contains(refused(delta(1, {good, {line.map_in, {Time{0}}}})),
                   "nobody here asks for that of map.in0"));
  REQUIRE_FALSE(process.here.started());
  REQUIRE(publish(process.here).empty());
  REQUIRE(process.here.apply(delta(1, {{line.sink_in, {Time{0}}}})).ok());
  REQUIRE(publish(process.here) == Told{{5, 1, {Time{0}}}});
}

TEST_CASE("a delta of an older generation is dropped, one of a newer is refused") {
  Registered process;
  FrontierDelta other = delta(17, {{process.line.map_in, {}}});
  other.generation = Generation(4);
  REQUIRE(process.here.apply(other).ok());
  REQUIRE(process.here.stale() == 1);
  REQUIRE_FALSE(process.here.started());
  other.generation = Generation(6);
  REQUIRE(process.here.apply(other).code() == base::Code::refused);
}

TEST_CASE("deltas out of order, too early or backwards are refused") {
  Registered process;
  const Line& line = process.line;
  const auto refusal = [](Consolidator& here, const FrontierDelta& next) {
    const base::Status status = here.apply(next);
    REQUIRE((status.ok() || status.code() == base::Code::input));
    return status.message();
  };
  const auto apply = [&](const FrontierDelta& next) { return refusal(process.here, next); };
  REQUIRE(contains(apply(delta(2, {})), "some before them are lost"));
  process.start();
  REQUIRE(contains(apply(delta(1, {})), "they were heard before"));
  REQUIRE(apply(delta(2, {{line.sink_in, {Time{3}}}})).empty());
  REQUIRE(contains(apply(delta(3, {{line.sink_in, {Time{2}}}})),
                   "the frontier of sink.in0 would move back from {(3)} to {(2)}"));
  Consolidator unregistered(line.topology, kNow, kSecond, line.instances(Interest::always, 1));
  REQUIRE(contains(refusal(unregistered, delta(1, {})), "process 1 has not registered"));
}

}  // namespace
}  // namespace eagre::progress
