// Workers: the loops that run pinned actors.
// Order: what one sender sends to one actor arrives in order, across threads too. Turns: actors
// that want to be last have their turn after the others, and have it though others are always
// ready. Guests: a thread that waits runs the loop, and hands it back. Load: every parcel between
// several workers arrives once, with guests and pauses between; catches lost wake-ups.
#include "actors/worker.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/random.h"

namespace eagre::actors {
namespace {

// Credit messages serve as numbered parcels: channel is the sender, bytes the number. A nudge is
// nothing but a reason for a turn.
constexpr std::uint32_t kNudge = 1000;

class Actor final : public Pinned {
 public:
  Actor(Worker* home, bool last, std::function<bool(Actor&)> on_turn)
      : Pinned(home, last), on_turn_(std::move(on_turn)) {}

  void take(Parcel& parcel) override {
    const auto& credit = std::get<Credit>(parcel.content);
    if (credit.channel != kNudge) {
      taken.push_back(credit);
    }
    ready();
  }
  bool turn() override { return on_turn_(*this); }
  void want_turn() { ready(); }

  std::vector<Credit> taken;

 private:
  std::function<bool(Actor&)> on_turn_;
};

class Crew {
 public:
  explicit Crew(std::uint32_t count,
                std::chrono::microseconds spin = std::chrono::microseconds(5)) {
    for (std::uint32_t i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<Worker>(i, count, workers_, spin));
    }
  }
  ~Crew() { stop(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  Worker& operator[](std::size_t i) { return *workers_[i]; }
  void start() {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      threads_.emplace_back([&worker] { worker->run(); });
    }
  }
  void stop() {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->stop();
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

 private:
  Worker::Peers workers_;
  std::vector<std::thread> threads_;
};

TEST_CASE("actors that want to be last have their turn after the others") {
  Crew crew(1);
  std::string turns;
  Actor last(&crew[0], true, [&](Actor&) {
    turns += 'z';
    return false;
  });
  int left = 3;
  Actor first(&crew[0], false, [&](Actor&) {
    turns += 'a';
    return --left != 0;
  });
  last.want_turn();
  first.want_turn();
  while (crew[0].pass()) {
  }
  CHECK(turns == "aaaz");
}

TEST_CASE("actors that want to be last have a turn though others are always ready") {
  Crew crew(1);
  int turns = 0;
  bool had = false;
  Actor last(&crew[0], true, [&](Actor&) {
    had = true;
    return false;
  });
  Actor first(&crew[0], false, [&](Actor&) { return ++turns < 10'000 && !had; });
  last.want_turn();
  first.want_turn();
  while (crew[0].pass()) {
  }
  CHECK(had);
  CHECK(turns < 100);
}

TEST_CASE("what comes from outside is taken in order") {
  Crew crew(1);
  Actor actor(&crew[0], false, [](Actor&) { return false; });
  for (std::uint64_t i = 0; i < 100; ++i) {
    Worker::post_from_outside(actor, Credit{0, 0, i});
  }
  REQUIRE(crew[0].pass());
  REQUIRE(actor.taken.size() == 100);
  for (std::uint64_t i = 0; i < 100; ++i) {
    CHECK(actor.taken[i].bytes == i);
  }
}

TEST_CASE("a guest runs the loop while it waits, and the thread goes on without it") {
  Crew crew(1, std::chrono::microseconds(1000));
  std::atomic<std::thread::id> runner{};
  std::atomic<int> turns{0};
  Actor actor(&crew[0], false, [&](Actor&) {
    runner.store(std::this_thread::get_id());
    ++turns;
    return false;
  });
  crew.start();
  bool lent = false;
  for (int i = 0; i < 1000 && !lent; ++i) {
    const int before = turns.load();
    Worker::post_from_outside(actor, Credit{});
    lent = crew[0].lend([&] { return turns.load() != before; }) &&
           runner.load() == std::this_thread::get_id();
  }
  CHECK(lent);
  // The guest does not come back: the thread takes over when the lease ends.
  const int before = turns.load();
  Worker::post_from_outside(actor, Credit{});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (turns.load() == before && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(turns.load() == before + 1);
  CHECK(runner.load() != std::this_thread::get_id());
}

TEST_CASE("every parcel between workers arrives once and in order") {
  constexpr std::uint32_t kWorkers = 3;
  constexpr std::uint64_t kEach = 20'000;
  Crew crew(kWorkers);
  std::vector<std::unique_ptr<Actor>> actors;
  std::atomic<std::uint32_t> done{0};
  std::vector<std::uint64_t> sent(kWorkers);
  for (std::uint32_t w = 0; w < kWorkers; ++w) {
    // Sends a few at a time to the others, as long as it has some; sleeps in between.
    auto random = std::make_shared<base::Random>(w);
    bool told = false;
    actors.push_back(
        std::make_unique<Actor>(&crew[w], false, [&, w, random, told](Actor& self) mutable {
          for (std::uint64_t n = random->below(50); n != 0 && sent[w] < kEach; --n) {
            for (std::uint32_t to = 0; to < kWorkers; ++to) {
              if (to != w) {
                self.home()->post(*actors[to], Credit{w, 0, sent[w]});
              }
            }
            ++sent[w];
          }
          if (!told && sent[w] == kEach && self.taken.size() == (kWorkers - 1) * kEach) {
            told = true;
            done.fetch_add(1);
          }
          return sent[w] < kEach && random->below(10) != 0;
        }));
  }
  crew.start();
  // A nudge now and then goes to those that have gone to sleep with something left to send.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (done.load() < kWorkers && std::chrono::steady_clock::now() < deadline) {
    crew[0].lend([&, i = 0]() mutable { return ++i > 100 || done.load() == kWorkers; });
    for (const std::unique_ptr<Actor>& actor : actors) {
      Worker::post_from_outside(*actor, Credit{kNudge, 0, 0});
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  crew.stop();
  for (std::uint32_t w = 0; w < kWorkers; ++w) {
    std::vector<std::uint64_t> next(kWorkers);
    for (const Credit& credit : actors[w]->taken) {
      REQUIRE(credit.bytes == next[credit.channel]++);
    }
    for (std::uint32_t from = 0; from < kWorkers; ++from) {
      CHECK(next[from] == (from == w ? 0 : kEach));
    }
  }
}

}  // namespace
}  // namespace eagre::actors
