// What telling of progress costs in memory from the heap once a dataflow has been running for a
// while: nothing, in the leader and in another process.
// Catches: a copy of a batch, a sum, a delta or a frontier made anew for each.
// (Not in sanitizer builds, which have a heap of their own.)

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "runtime/progress/aggregator.h"
#include "runtime/progress/consolidator.h"
#include "tests/progress/line.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {
std::uint64_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const block = std::malloc(size)) {
    return block;
  }
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t /*size*/) noexcept {
  std::free(block);
}

namespace eagre::progress {
namespace {

// One instance moves its capability on, epoch by epoch.
void tick(ProgressBatch& report, const Line& line, std::uint64_t epoch) {
  report.sequence = epoch + 1;
  report.changes.clear();
  report.changes.push_back({line.source_out, Time{epoch}, -1});
  report.changes.push_back({line.source_out, Time{epoch + 1}, +1});
}

TEST_CASE("nothing is allocated while frontiers move on in two processes") {
  const Line line;
  Aggregator leader(line.topology, kNow, line.instances(), {}, 2);
  Consolidator other(line.topology, kNow, ProcessId(1), line.instances(Interest::always, 1));
  ProgressBatch here = batch(0, 0, {{line.source_out, Time{0}, +1}});
  ProgressBatch there = batch(3, 0, {{line.source_out, Time{0}, +1}});
  leader.apply(here);
  leader.apply(batch(1, 0, {}));
  leader.apply(batch(2, 0, {}));
  other.apply(there);
  other.apply(batch(4, 0, {}));
  other.apply(batch(5, 0, {}));
  REQUIRE(leader.apply(*other.flush()).ok());

  std::uint64_t told = 0;
  std::uint64_t refused = 0;
  const auto sink = [&](ReporterId, const FrontierUpdate&) { ++told; };
  const auto link = [&](const FrontierDelta& delta) { refused += other.apply(delta).ok() ? 0 : 1; };
  std::uint64_t before = 0;
  for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
    if (epoch == 100) {
      before = allocations;
    }
    tick(here, line, epoch);
    leader.apply(here);
    tick(there, line, epoch);
    other.apply(there);
    refused += leader.apply(*other.flush()).ok() ? 0 : 1;
    leader.publish(sink, link);
    other.publish(sink);
  }
  REQUIRE(allocations == before);
  REQUIRE(refused == 0);
  REQUIRE(told == 200 * 4);
}

}  // namespace
}  // namespace eagre::progress

#endif
