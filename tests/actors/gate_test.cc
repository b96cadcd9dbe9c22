// The gate between a worker's loop, its thread, and guests.
// Model: every interleaving of a producer, a guest and the loop's thread, step by step as gate.h
// does it; no work may be left while nobody looks and nobody is on the way. Leaving out any one of
// the steps that the law rests on must be caught.
// Stress: real threads; every piece of work that is rung for is seen.
#include "actors/gate.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace eagre::actors {
namespace {

enum class Fault {
  none,
  no_look_after_giving_up,  // the thread does not look for work again before it sleeps
  notify_without_lock,      // the producer does not pass through the lock before it notifies
  lease_without_tick,       // a guest leaves, and nobody makes the thread tick
  give_back_without_look,   // a guest gives the loop back and does not look for work
};

// One state of the model. Program counters: see the steps.
struct State {
  int holder = 1;  // 0 nobody, 1 thread, 2 guest, 3 leased
  bool wanted = false;
  bool asked = false;
  bool rung = false;
  bool ticking = false;
  int mutex = 0;      // 0 free, 1 thread, 2 producer, 3 guest
  bool work = false;  // published and not yet done
  int thread = 0;
  int producer = 0;
  int guest = 0;

  auto key() const {
    return std::tuple(holder, wanted, asked, rung, ticking, mutex, work, thread, producer, guest);
  }
};

class Model {
 public:
  explicit Model(Fault fault) : fault_(fault) {}

  // The first state in which work is lost; empty if there is none.
  std::string explore() {
    visit(State{});
    return found_;
  }
  std::size_t states() const { return seen_.size(); }

 private:
  void visit(const State& state) {
    if (!found_.empty() || !seen_.insert(state.key()).second) {
      return;
    }
    bool moved = thread(state);
    moved = producer(state) || moved;
    moved = guest(state) || moved;
    // Asleep for good: nothing can happen any more, and work is there.
    if (!moved && state.work) {
      found_ = "holder " + std::to_string(state.holder) + " thread " +
               std::to_string(state.thread) + " producer " + std::to_string(state.producer) +
               " guest " + std::to_string(state.guest);
    }
  }

  // The loop's thread: 0 runs the loop; 1.. sleep().
  bool thread(State s) {
    switch (s.thread) {
      case 0:
        if (s.asked) {
          State leaves = s;
          leaves.thread = 1;
          visit(leaves);
        }
        if (s.work) {
          s.work = false;
          visit(s);
          return true;
        }
        s.thread = 1;
        break;
      case 1:
        if (s.mutex != 0) {
          return false;
        }
        s.mutex = 1;
        s.thread = 2;
        break;
      case 2:
        s.rung = false;
        s.thread = 3;
        break;
      case 3:
        if (s.holder == 1) {
          s.holder = s.asked ? 3 : 0;
        }
        s.asked = false;
        s.thread = 5;
        break;
      case 5:  // reads wanted, then whether to take the loop
        s.thread = s.wanted ? 8 : 6;
        break;
      case 6:
        s.thread = s.rung || (s.work && fault_ != Fault::no_look_after_giving_up) ? 7 : 8;
        break;
      case 7:
        if (s.holder == 0) {
          s.holder = 1;
          s.ticking = false;
          s.mutex = 0;
          s.thread = 0;
        } else {
          s.thread = 8;
        }
        break;
      case 8:
        s.thread = s.holder == 0 ? 9 : 11;
        break;
      case 9:  // waits for a ring: checks, then frees the lock and sleeps in one step
        s.thread = s.rung ? 5 : 15;
        break;
      case 15:
        s.mutex = 0;
        s.thread = 10;
        break;
      case 10:  // asleep until notified
        return false;
      case 11:
        s.ticking = true;
        s.thread = 12;
        break;
      case 12:
        s.rung = false;
        s.mutex = 0;
        s.thread = 13;
        break;
      case 13:  // asleep until the tick or a notification: both lead on
        if (s.mutex != 0) {
          return false;
        }
        s.mutex = 1;
        if (s.holder == 3) {
          s.holder = 1;
          s.ticking = false;
          s.mutex = 0;
          s.thread = 0;
        } else if (s.holder == 2) {
          // Nothing happens until the guest moves: not a step that keeps anything going.
          return false;
        } else {
          s.thread = 5;
        }
        break;
      case 14:  // notified: takes the lock again
        if (s.mutex != 0) {
          return false;
        }
        s.mutex = 1;
        s.thread = 9;
        break;
      default:
        return false;
    }
    visit(s);
    return true;
  }

  void notify(State& s) {
    if (s.thread == 10) {
      s.thread = 14;
    }
  }

  // wake() in three steps from `pc`; returns false if it is not there.
  bool wake(State& s, int& pc, int first, int who, int next) {
    if (pc == first) {
      if (s.rung) {
        pc = next;
      } else {
        s.rung = true;
        pc = fault_ == Fault::notify_without_lock ? first + 2 : first + 1;
      }
      return true;
    }
    if (pc == first + 1) {
      if (s.mutex != 0) {
        return false;
      }
      pc = first + 2;  // locked and unlocked
      return true;
    }
    if (pc == first + 2) {
      notify(s);
      pc = next;
      return true;
    }
    (void)who;
    return false;
  }

  // Publishes work and rings.
  bool producer(State s) {
    switch (s.producer) {
      case 0:
        s.work = true;
        s.producer = 1;
        break;
      case 1:
        s.producer = s.holder == 0 ? 2 : 9;
        break;
      default:
        if (!wake(s, s.producer, 2, 2, 9)) {
          return false;
        }
    }
    visit(s);
    return true;
  }

  // Borrows the loop or gives up, works, and leaves with a lease or gives back.
  bool guest(State s) {
    switch (s.guest) {
      case 0: {  // tries; every outcome of having tried once, twice, ...
        State gives_up = s;
        gives_up.wanted = false;
        gives_up.guest = 10;
        visit(gives_up);
        if (!s.wanted) {  // looks in and finds the loop taken
          State asks = s;
          asks.asked = true;
          asks.guest = 31;
          visit(asks);
        }
        if (s.holder == 3 || s.holder == 0) {
          s.holder = 2;
          s.wanted = false;
          s.guest = 1;
        } else {
          s.wanted = true;
        }
        break;
      }
      case 1: {  // runs the loop for a while, or leaves at once
        State leaves = s;
        leaves.guest = 2;
        visit(leaves);
        State gives_back = s;
        gives_back.guest = 20;
        visit(gives_back);
        s.work = false;
        break;
      }
      case 2:
        s.holder = 3;
        s.guest = 3;
        break;
      case 3:
        s.guest = s.ticking || fault_ == Fault::lease_without_tick ? 30 : 4;
        break;
      case 10:  // stop_trying
        s.guest = s.holder == 0 ? 11 : 30;
        break;
      case 11:
        s.guest = s.work ? 12 : 30;
        break;
      case 20:
        s.holder = 0;
        s.guest = fault_ == Fault::give_back_without_look ? 30 : 21;
        break;
      case 21:
        s.guest = s.work ? 22 : 30;
        break;
      case 31: {  // has asked: comes back, or never does
        State never = s;
        never.guest = 30;
        visit(never);
        s.guest = 0;
        break;
      }
      default: {
        const int first = s.guest >= 22 ? 22 : s.guest >= 12 ? 12 : 4;
        if (s.guest >= 30 || !wake(s, s.guest, first, 3, 30)) {
          return false;
        }
      }
    }
    visit(s);
    return true;
  }

  Fault fault_;
  std::set<decltype(State().key())> seen_;
  std::string found_;
};

TEST_CASE("in every interleaving work that is rung for is seen") {
  Model model(Fault::none);
  CHECK(model.explore().empty());
  CHECK(model.states() > 500);
}

TEST_CASE("a gate without one of its steps loses work") {
  for (const Fault fault : {Fault::no_look_after_giving_up, Fault::notify_without_lock,
                            Fault::lease_without_tick, Fault::give_back_without_look}) {
    INFO(static_cast<int>(fault));
    CHECK_FALSE(Model(fault).explore().empty());
  }
}

// A loop that does nothing but count the work it sees.
class Counter {
 public:
  Counter() : thread_([this] { run(); }) {}
  ~Counter() {
    stop_.store(true);
    gate_.ring_now();
    thread_.join();
  }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  void publish() {
    published_.fetch_add(1);
    gate_.ring();
  }
  std::uint64_t seen() const { return seen_.load(); }
  Gate& gate() { return gate_; }
  bool is_called() const { return stop_.load() || published_.load() != seen_.load(); }
  void work() { seen_.store(published_.load()); }

 private:
  void run() {
    while (!stop_.load()) {
      gate_.sleep([this] { return is_called(); });
      work();
    }
  }

  Gate gate_;
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> seen_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

void wait_for(const Counter& counter, std::uint64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (counter.seen() < count) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

TEST_CASE("a sleeping loop wakes up for every ring") {
  Counter counter;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    counter.publish();
    if (i % 7 == 0) {
      wait_for(counter, i);
    }
  }
  wait_for(counter, 20'000);
}

TEST_CASE("a loop with a guest that comes and goes misses no ring") {
  Counter counter;
  std::atomic<bool> done{false};
  std::thread guest([&] {
    for (int i = 0; !done.load(); ++i) {
      if (!counter.gate().try_borrow()) {
        if (i % 5 == 0) {
          counter.gate().stop_trying([&] { return counter.is_called(); });
        }
        continue;
      }
      if (i % 2 == 0) {
        counter.work();
      }
      if (i % 3 == 0) {
        counter.gate().give_back([&] { return counter.is_called(); });
      } else {
        counter.gate().lease();
      }
    }
    counter.gate().stop_trying([&] { return counter.is_called(); });
  });
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    counter.publish();
    if (i % 1'001 == 0) {
      wait_for(counter, i);
    }
  }
  wait_for(counter, 20'000);
  done.store(true);
  guest.join();
}

}  // namespace
}  // namespace eagre::actors
