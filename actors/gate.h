// Who runs a worker's loop, and how it sleeps. The loop has a thread of its own; a thread that
// waits for the dataflow may borrow it (a guest), so that closed loops between a driving program
// and its dataflow need no switch of threads. A guest that leaves keeps a lease: the loop's thread
// stays asleep for about a millisecond in the hope that the guest comes back, then takes over.
//
// Law: work that is published before ring() is seen: by whoever runs the loop, or by the thread
// that ring() wakes, or within two ticks when the lease is over. It rests on one order of all
// operations on holder_ and on the places where work is published (all sequentially consistent):
// the thread gives the loop up, then looks for work; a producer publishes work, then looks who
// holds the loop. tests/actors/gate_test.cc walks through all interleavings of that.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "actors/outside.h"

namespace eagre::actors {

// Threads: safe from any thread; who may call what is said below.
class Gate {
 public:
  enum class Holder : std::uint32_t { nobody, thread, guest, leased };

  // How long the thread waits for a guest that has left.
  static constexpr std::chrono::milliseconds kTick{1};

  // ---- from any thread, after publishing work
  // Returns whether the thread is woken up.
  bool ring() {
    if (holder_.load() == Holder::nobody) [[unlikely]] {
      wake();
      return true;
    }
    return false;
  }
  // The same for what cannot wait for a lease to end.
  bool ring_now();

  // ---- before anything else
  // What the thread sleeps on instead of the bell. There can be no guests then.
  void sleep_on(Outside& outside) { outside_ = &outside; }

  // ---- the loop's thread
  // Gives the loop up, if it is held, and sleeps until it is its turn again: somebody rang, a lease
  // is over, or has_work() holds after giving up. A guest that asked gets a lease. Returns holding
  // the loop.
  template <class HasWork>
  void sleep(HasWork&& has_work);
  // A guest wants the loop: the thread should call sleep() soon.
  bool wanted() const {
    return wanted_.load(std::memory_order_relaxed) || asked_.load(std::memory_order_relaxed);
  }

  // ---- a guest
  // Whether the guest holds the loop now. While the thread has it, the thread is asked to give it
  // up: try again, until stop_trying().
  bool try_borrow();
  // The same without asking.
  bool try_borrow_free();
  // Asks for a lease, which the guest need not take up. For one that looks in often and finds the
  // thread at work.
  void ask() { asked_.store(true); }
  template <class HasWork>
  void stop_trying(HasWork&& has_work);
  // Leaves, and may be back soon.
  void lease();
  // Leaves for longer.
  template <class HasWork>
  void give_back(HasWork&& has_work);

 private:
  void wake();
  bool take(Holder from, Holder to) { return holder_.compare_exchange_strong(from, to); }

  std::atomic<Holder> holder_{Holder::thread};
  std::atomic<bool> wanted_{false};
  // A guest would take a lease.
  std::atomic<bool> asked_{false};
  // The thread is about to look again.
  std::atomic<bool> rung_{false};
  // The thread wakes up at every tick.
  std::atomic<bool> ticking_{false};
  // Grows with every lease.
  std::atomic<std::uint64_t> leases_{0};
  std::mutex mutex_;
  std::condition_variable bell_;
  Outside* outside_ = nullptr;
};

template <class HasWork>
void Gate::sleep(HasWork&& has_work) {
  std::unique_lock lock(mutex_);
  rung_.store(false);
  take(Holder::thread, asked_.exchange(false) ? Holder::leased : Holder::nobody);
  std::uint64_t seen = leases_.load();
  for (;;) {
    // A guest that waits for the loop looks after the work itself.
    if (!wanted_.load() && (rung_.load() || has_work()) && take(Holder::nobody, Holder::thread)) {
      break;
    }
    const Holder holder = holder_.load();
    if (holder == Holder::nobody) {
      if (outside_ != nullptr) {
        lock.unlock();
        const bool slept = outside_->sleep(rung_);
        lock.lock();
        if (slept) {
          continue;
        }
      }
      bell_.wait(lock, [this] { return rung_.load(); });
      continue;
    }
    ticking_.store(true);
    rung_.store(false);
    bell_.wait_for(lock, kTick, [this] { return rung_.load(); });
    const std::uint64_t now = leases_.load();
    if (now == seen && take(Holder::leased, Holder::thread)) {
      break;
    }
    seen = now;
  }
  ticking_.store(false);
}

template <class HasWork>
void Gate::stop_trying(HasWork&& has_work) {
  wanted_.store(false);
  if (holder_.load() == Holder::nobody && has_work()) {
    wake();
  }
}

template <class HasWork>
void Gate::give_back(HasWork&& has_work) {
  holder_.store(Holder::nobody);
  if (has_work()) {
    wake();
  }
}

}  // namespace eagre::actors
