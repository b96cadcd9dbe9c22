// What goes from worker to worker without a mailbox: records, credit, frontiers and progress of
// operator actors, beside their CAF mailboxes (which keep control, requests and monitoring). One
// stack of parcels a worker takes them in from all other threads; what goes to an actor of the same
// worker is no parcel but a call.
//
// Law: parcels of one sender to one worker arrive in the order in which they were sent; those that
// may be last (Worker::post_last) in an order of their own.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <variant>

#include "actors/messages.h"

namespace eagre::actors {

class Pinned;

// Threads: value; owned by one thread at a time.
struct Parcel {
  Parcel* next = nullptr;
  Pinned* to = nullptr;
  std::variant<std::monostate, Deliver, Credit, Advance, Fed, Report, Mark, Marked> content;
};

// Parcels in the order of sending, linked newest first.
// Threads: confined to one thread.
class Outbox {
 public:
  bool empty() const { return newest_ == nullptr; }
  void push(Parcel* parcel) {
    parcel->next = newest_;
    newest_ = parcel;
    if (oldest_ == nullptr) {
      oldest_ = parcel;
    }
  }

 private:
  friend class Inbox;
  Parcel* newest_ = nullptr;
  Parcel* oldest_ = nullptr;
};

// Threads: push from any thread, take by the owner.
class Inbox {
 public:
  Inbox() = default;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox() {
    for (Parcel* parcel = newest_.exchange(nullptr); parcel != nullptr;) {
      delete std::exchange(parcel, parcel->next);
    }
  }

  bool empty() const { return newest_.load() == nullptr; }
  // Leaves the outbox empty.
  void push(Outbox& outbox) {
    Parcel* const newest = std::exchange(outbox.newest_, nullptr);
    Parcel* const oldest = std::exchange(outbox.oldest_, nullptr);
    Parcel* top = newest_.load(std::memory_order_relaxed);
    do {
      oldest->next = top;
    } while (!newest_.compare_exchange_weak(top, newest));
  }
  // All parcels, linked oldest first; null if there are none.
  Parcel* take() {
    if (newest_.load(std::memory_order_relaxed) == nullptr) {
      return nullptr;
    }
    Parcel* parcel = newest_.exchange(nullptr, std::memory_order_acquire);
    Parcel* first = nullptr;
    while (parcel != nullptr) {
      Parcel* const next = std::exchange(parcel->next, first);
      first = std::exchange(parcel, next);
    }
    return first;
  }

 private:
  alignas(64) std::atomic<Parcel*> newest_{nullptr};
};

}  // namespace eagre::actors
