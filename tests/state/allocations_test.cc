// What the way of a record costs in memory from the heap once it has been gone for a while: writer,
// batch, router, reader, table, in the plain parts. Every way to allocate is counted.
// Catches: an allocation for each record, each batch, each header or each split.
// (Not in sanitizer builds, which have no pool and a heap of their own.)

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"
#include "runtime/data/pact.h"
#include "runtime/state/key_table.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

// The C library's own names, which cannot be others.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-inconsistent-declaration-parameter-name)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t n, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  ++allocations;
  return __libc_calloc(n, size);
}
void* realloc(void* block, std::size_t size) {
  ++allocations;
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-inconsistent-declaration-parameter-name)

namespace eagre::state {
namespace {

template <class T>
std::uint64_t key_of(const T& record) {
  if constexpr (std::is_integral_v<T>) {
    return record;
  } else {
    return record.first;
  }
}

template <class T>
T record_of(std::uint64_t i) {
  if constexpr (std::is_integral_v<T>) {
    return i % 1000;
  } else {
    return {i % 1000, i};
  }
}

// The receiving end: counts the records of each key.
template <class T>
struct Counting final : data::Emit {
  void emit(std::uint32_t, data::Batch batch) override {
    auto by_key = [](const T& record) { return key_of(record); };
    data::BatchReader<T>(batch).for_each_block(block, [&](std::span<const T> records) {
      counts.update(records, by_key,
                    [&](const T&, std::uint64_t, std::uint64_t& count, bool) { ++count; });
      received += records.size();
    });
  }

  KeyTable<std::uint64_t, std::uint64_t> counts;
  std::vector<T> block;
  std::uint64_t received = 0;
};

// Allocations of `rounds` rounds of batches, large and small, after as many to get going.
template <class T>
std::uint64_t allocations_of(std::uint32_t workers, std::uint64_t rounds) {
  const auto router = data::Pact::exchange<T>([](const T& record) {
                        return key_of(record);
                      }).make_router({.channel = 3, .workers = workers, .target_bytes = 1 << 14});
  Counting<T> receiver;
  data::BatchWriter<T> writer;
  std::uint64_t sent = 0;
  std::uint64_t before = 0;
  for (std::uint64_t round = 0; round < 2 * rounds; ++round) {
    if (round == rounds) {
      before = allocations;
    }
    for (const std::uint64_t size : {4000u, 1u, 4000u, 10u, 300u, 4000u}) {
      for (std::uint64_t i = 0; i < size; ++i) {
        writer.append(record_of<T>(sent + i));
      }
      router->route(writer.finish({.time = {round}}), receiver);
      sent += size;
    }
    router->flush(receiver);
  }
  const std::uint64_t counted = allocations - before;
  REQUIRE(receiver.received == sent);
  return counted;
}

TEST_CASE("in the long run nothing is allocated for a record or a batch") {
  {
    const std::uint64_t before = allocations;
    const auto one = std::make_unique<std::uint64_t>(1);
    REQUIRE(allocations == before + *one);
  }
  for (const std::uint32_t workers : {1u, 2u, 5u}) {
    CAPTURE(workers);
    CHECK(allocations_of<std::uint64_t>(workers, 50) == 0);
    CHECK(allocations_of<std::pair<std::uint64_t, std::uint64_t>>(workers, 50) == 0);
  }
}

}  // namespace
}  // namespace eagre::state

#endif
