// Bounded memory: a sink that stands still stops the sources, and what is under way stays within
// the inboxes' budgets.
// Measured: the resident memory of a process of its own, from the first record at the sink to its
// peak while one sink instance sleeps and all else runs on; for small and variable records. Catches
// senders that ignore credit, bytes that are not charged, and blocks that are held and not used.
#include <fmt/core.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

#include "actors/eagre.h"
#include "tests/actors/child.h"

namespace eagre {
namespace {

using Clock = std::chrono::steady_clock;
using testing::in_child;
using testing::Outcome;

std::uint64_t resident_bytes() {
  std::uint64_t pages = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*u %lu", &pages) != 1) {
      pages = 0;
    }
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Stands still in the first call of any copy, watching the process grow.
struct Stall {
  std::chrono::seconds length;
  std::atomic<bool> begun{false};
  std::atomic<bool> over{false};
  // When the first record was asked for: everything after that is due to them.
  std::atomic<std::uint64_t> before{0};
  std::uint64_t peak = 0;

  void start() {
    std::uint64_t none = 0;
    if (before == 0) {
      before.compare_exchange_strong(none, resident_bytes());
    }
  }
  void stand_still() {
    if (begun.exchange(true)) {
      return;
    }
    for (const auto end = Clock::now() + length; Clock::now() < end;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      peak = std::max(peak, resident_bytes());
    }
    over = true;
  }
};

std::uint64_t record(std::uint64_t n, std::uint64_t*) {
  return n;
}
std::string record(std::uint64_t n, std::string*) {
  return std::string(n % 200, 'x') + std::to_string(n);
}

struct Growth {
  std::uint64_t bytes = 0;
  std::uint64_t allowed = 0;
};

// How records come to be: pulled from a source on each worker, or fed by the driving thread, which
// goes on where all instances share the loop in which the sink sleeps.
enum class From { sources, driver };

// The records of a run, epoch by epoch, to those who may give them.
template <class T>
struct Records {
  std::uint64_t an_epoch;
  std::uint64_t next = 0;

  T take() { return record(next++, static_cast<T*>(nullptr)); }
  std::uint64_t epoch() const { return next / an_epoch; }
};

template <class T>
Stream<T> records_from_sources(Scope& scope, Stall& stall, std::uint64_t an_epoch) {
  return scope.source<T>("source", [&stall, an_epoch](std::uint32_t, std::uint32_t) {
    return [&stall, records = Records<T>{an_epoch}](SourceOutput<T>& output) mutable {
      stall.start();
      while (!output.full()) {
        output.give(records.take());
        output.advance_to(records.epoch());
      }
      return !stall.over;
    };
  });
}

template <class T>
Stream<T> records_from_driver(Scope& scope, Stall& stall, std::uint64_t an_epoch) {
  auto input = scope.new_input<T>("input");
  scope.drive([&stall, input, records = Records<T>{an_epoch}]() mutable {
    stall.start();
    // A driver that waits for room runs the first worker's loop; the sink is to sleep elsewhere.
    input.send(records.take());
    input.flush();
    while (!stall.begun) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    while (!stall.over) {
      input.send(records.take());
      input.advance_to(records.epoch());
    }
  });
  return input.stream();
}

// records -> exchange -> map -> sink in a new process; all but the sleeping sink go on if there are
// threads for it.
template <class T>
void stays_bounded(const char* what, From from, const Options& options, std::uint64_t an_epoch,
                   std::chrono::seconds length) {
  const Outcome outcome = in_child([&] {
    ::malloc_trim(0);
    Stall stall{length};
    const Status status = run(options, [&](Scope& scope) {
      (from == From::sources ? records_from_sources<T>(scope, stall, an_epoch)
                             : records_from_driver<T>(scope, stall, an_epoch))
          .exchange([](const T& r) { return r; })
          .map([](const T& r) { return r; })
          .boundary()
          .for_each([&stall](const T&) { stall.stand_still(); });
    });
    fmt::print("{} {}", stall.before.load(), stall.peak);
    return status.ok() ? 0 : 1;
  });
  REQUIRE(outcome.code == 0);
  std::uint64_t before = 0;
  std::uint64_t peak = 0;
  REQUIRE(std::sscanf(outcome.out.c_str(), "%lu %lu", &before, &peak) == 2);
  const std::uint64_t grown = peak - before;
  const std::uint64_t inboxes = (from == From::sources ? 2 : 3) * options.workers;
  const std::uint64_t allowed = inboxes * options.inbox_bytes * 11 / 10;
  const std::string report = fmt::format(
      "{} from {} on {} workers, stalled for {} s: grew by {:.2f} MiB, allowed are {:.2f} MiB",
      what, from == From::sources ? "sources" : "the driver", options.workers, length.count(),
      static_cast<double>(grown) / (1 << 20), static_cast<double>(allowed) / (1 << 20));
  WARN(report);
  CHECK(grown <= allowed);
  // Or nothing has been stopped; sources that cut many epochs stop each other first.
  CHECK((grown >= options.inbox_bytes / 2 || (from == From::sources && an_epoch < 1000)));
}

Options workers(std::uint32_t n) {
  Options options;
  options.workers = n;
  return options;
}

void stays_bounded(From from, std::uint32_t n, std::chrono::seconds length) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("sanitizers keep memory of their own");
#endif
  stays_bounded<std::uint64_t>("numbers", from, workers(n), 1'000'000, length);
  stays_bounded<std::string>("strings", from, workers(n), 1'000'000, length);
  stays_bounded<std::uint64_t>("epochs of 10 numbers", from, workers(n), 10, length);
}

TEST_CASE("a sink that stands still for a while stops its sources") {
  stays_bounded(From::sources, 2, std::chrono::seconds(1));
  stays_bounded(From::sources, 4, std::chrono::seconds(1));
}

TEST_CASE("a sink that stands still for a while stops its driver") {
  stays_bounded(From::driver, 1, std::chrono::seconds(1));
  stays_bounded(From::driver, 2, std::chrono::seconds(1));
}

// One case for each number of workers: they idle side by side.
TEST_CASE("a sink that stands still for a minute stops its driver on one worker", "[slow]") {
  stays_bounded(From::driver, 1, std::chrono::seconds(60));
}

TEST_CASE("a sink that stands still for a minute stops its sources on two workers", "[slow]") {
  stays_bounded(From::sources, 2, std::chrono::seconds(60));
}

TEST_CASE("a sink that stands still for a minute stops its sources under CAF's scheduler",
          "[slow]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  SKIP("sanitizers keep memory of their own");
#endif
  Options options = workers(2);
  options.scheduler = actors::Scheduler::caf;
  stays_bounded<std::string>("strings", From::sources, options, 1'000'000,
                             std::chrono::seconds(60));
}

}  // namespace
}  // namespace eagre
