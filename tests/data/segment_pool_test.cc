// Laws of the segment pool on random requests (RapidCheck), and threads that pass batches on.
// Catches: segments that are too small, badly aligned or given out twice, bodies freed too early.
// (Sanitizer builds have no pool; there the tests look for use after free.)

#include "runtime/data/segment_pool.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "tests/data/batches.h"
#include "tests/support/rapidcheck.h"

namespace eagre::data {
namespace {

using namespace eagre::data::testing;
using eagre::testing::check;

TEST_CASE("segments are large enough, not much larger, aligned, and nobody else's") {
  check("take and give back", 100, 60, [] {
    struct Held {
      Segment segment;
      unsigned char mark;
    };
    std::vector<Held> held;
    const auto steps = *rc::gen::container<std::vector<std::pair<bool, std::uint32_t>>>(
        rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::uint32_t>(1, 32u << 20)));
    unsigned char next = 0;
    for (const auto& [take, number] : steps) {
      if (take || held.empty()) {
        // Mostly small ones.
        const std::size_t bytes = std::size_t{number} >> (4 + number % 12);
        const Segment segment = SegmentPool::take(bytes);
        RC_ASSERT(segment.size >= bytes);
        RC_ASSERT(segment.size == SegmentPool::rounded(bytes) || segment.size == bytes);
        RC_ASSERT(segment.size <= std::max<std::size_t>(256, bytes + bytes / 4 + 1));
        RC_ASSERT(reinterpret_cast<std::uintptr_t>(segment.data) % 16 == 0);
        std::memset(segment.data, ++next, segment.size);
        held.push_back({segment, next});
      } else {
        std::swap(held[number % held.size()], held.back());
        const Held last = held.back();
        held.pop_back();
        const std::byte mark{last.mark};
        const std::span<const std::byte> bytes(last.segment.data, last.segment.size);
        RC_ASSERT((std::ranges::all_of(bytes, [mark](std::byte b) { return b == mark; })));
        SegmentPool::give_back(last.segment);
      }
    }
    for (const Held& rest : held) {
      SegmentPool::give_back(rest.segment);
    }
  });
}

TEST_CASE("batches may be dropped by other threads than those that made them") {
  constexpr int kBatches = 2000;
  std::mutex mutex;
  std::vector<Batch> passed;
  std::atomic<bool> wrong = false;
  std::atomic<int> read = 0;
  const auto make = [&](std::uint64_t seed) {
    for (std::uint64_t i = 0; i < kBatches; ++i) {
      const Batch batch = batch_of(std::vector<std::uint64_t>(1 + i % 300, seed + i));
      const std::lock_guard lock(mutex);
      passed.push_back(batch.with_header(Header{.interval = seed + i}));
    }
  };
  const auto drop = [&] {
    while (read < 2 * kBatches) {
      std::vector<Batch> taken;
      {
        const std::lock_guard lock(mutex);
        taken.swap(passed);
      }
      if (taken.empty()) {
        std::this_thread::yield();
      }
      for (const Batch& batch : taken) {
        ++read;
        BatchReader<std::uint64_t>(batch).for_each([&](std::uint64_t value) {
          if (value != batch.header().interval) {
            wrong = true;
          }
        });
      }
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(make, 0);
  threads.emplace_back(make, 1000000);
  threads.emplace_back(drop);
  threads.emplace_back(drop);
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(read == 2 * kBatches);
  CHECK_FALSE(wrong);
}

}  // namespace
}  // namespace eagre::data
