// A worker: one loop that runs the actors pinned to it, one after another, on one thread at a time.
// An actor is ready when something was taken down for it; the loop runs ready actors in turn, then
// those that want to be last (progress: what all have done is added up before frontiers are
// computed). What an actor sends to one of the same worker is a call; to others, a parcel, handed
// over at the end of the sender's turn, or with many others if it may wait (progress).
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actors/gate.h"
#include "actors/outside.h"
#include "actors/parcel.h"

namespace eagre::actors {

class Worker;

// An actor that lives on one worker. All functions are called by its worker's loop.
// Threads: confined to one worker.
class Pinned {
 public:
  Pinned(Worker* home, bool last) : home_(home), last_(last) {}
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  virtual ~Pinned() = default;

  // Null under another scheduler than the pinned one.
  Worker* home() const { return home_; }
  // Takes down what a parcel holds; must call ready() for it to be worked off.
  virtual void take(Parcel& parcel) = 0;
  // Works off what was taken down. Returns whether it wants another turn at once.
  virtual bool turn() = 0;

 protected:
  // Asks for a turn. On the home worker only.
  void ready();

 private:
  friend class Worker;
  Worker* home_;
  bool last_;
  bool queued_ = false;
};

// Threads: what is said below; otherwise confined to whoever runs the loop.
class Worker {
 public:
  using Peers = std::vector<std::unique_ptr<Worker>>;

  // One of `workers`; `peers` must hold all of them, by index, before any loop runs. An idle loop
  // looks for work for `spin` before it sleeps: zero where a thread has no core of its own.
  Worker(std::uint32_t index, std::uint32_t workers, const Peers& peers,
         std::chrono::microseconds spin);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  virtual ~Worker();

  std::uint32_t index() const { return index_; }

  // Before the loop runs: it looks after `outside` too, and lends itself to no guest.
  void look_after(Outside& outside) {
    outside_ = &outside;
    gate_.sleep_on(outside);
  }

  // ---- from an actor of this worker, in its turn
  // To an actor of another worker; leaves at the end of the turn, or at flush().
  template <class Content>
  void post(Pinned& to, Content&& content) {
    outboxes_[to.home()->index_].push(filled(to, std::forward<Content>(content)));
    posted_ = true;
  }
  // The same for what may arrive later than anything posted after it: leaves when an actor that
  // wants to be last would have its turn.
  template <class Content>
  void post_last(Pinned& to, Content&& content) {
    last_outboxes_[to.home()->index_].push(filled(to, std::forward<Content>(content)));
    posted_last_ = true;
  }
  void flush();
  // Gives the actors of this worker what others have handed in for them. The loop does so before
  // each round; a handler of CAF's mailbox calls it so that its message does not overtake parcels
  // that were handed in before the message was sent.
  bool take_in();

  // ---- from any thread
  template <class Content>
  static void post_from_outside(Pinned& to, Content&& content) {
    Outbox outbox;
    auto* const parcel = new Parcel;
    parcel->to = &to;
    parcel->content = std::forward<Content>(content);
    outbox.push(parcel);
    to.home()->hand_in(outbox);
  }

  // ---- the loop
  // One round over what is there. Returns whether there was anything.
  bool pass() {
    const bool worked = work();
    return outside_ == nullptr ? worked : look_outside(worked) || worked;
  }
  // Runs the loop on its own thread until stop() and nothing is left.
  void run();
  // From any thread.
  void stop();

  // ---- a guest: the thread that drives the dataflow
  // Runs the loop in the calling thread until done(); false if it could not be borrowed, or had
  // nothing to do for so long that the guest should rather sleep.
  template <class Done>
  bool lend(Done&& done);
  // Looks in: a few rounds, unless the loop's thread is at work. A guest that looks in again and
  // again gets the loop: what it feeds should not run ahead of what is worked off.
  void lend_once();
  // The guest will not be back soon.
  void unlend();

 protected:
  Gate& gate() { return gate_; }
  // Jobs of the actor system: whether there are any (from any thread), and to run some.
  virtual bool has_jobs() const { return false; }
  virtual bool run_jobs() { return false; }

 private:
  friend class Pinned;
  void hand_in(Outbox& outbox) {
    inbox_.push(outbox);
    gate_.ring();
  }
  // What the holder of the loop sees, and what anybody does who looks whether it needs a holder.
  bool has_own_work() const { return !ready_.empty() || !last_.empty() || posted_last_; }
  bool has_work() const { return has_own_work() || is_called(); }
  bool is_called() const {
    return !inbox_.empty() || has_jobs() || unfinished_.load() || stopped_.load();
  }
  // Before the loop is given up: whether actors are left in it.
  void note_unfinished() { unfinished_.store(has_own_work()); }

  template <class Content>
  Parcel* filled(Pinned& to, Content&& content) {
    Parcel* const parcel = blank();
    parcel->to = &to;
    parcel->content = std::forward<Content>(content);
    return parcel;
  }
  bool work();
  bool look_outside(bool busy);
  Parcel* blank();
  void recycle(Parcel* parcel);
  void hand_over(std::vector<Outbox>& outboxes);
  void run_all(std::vector<Pinned*>& queue);
  bool last_is_due();
  // Looks for work for a moment; false when the time to do so is over.
  bool watch(std::chrono::steady_clock::time_point since) const;
  bool borrow();

  // Actors that wait for a turn, oldest first, and those whose turn this round is.
  std::vector<Pinned*> ready_;
  std::vector<Pinned*> last_;
  std::vector<Pinned*> round_;
  std::uint32_t index_;
  // Since those that want to be last had theirs.
  std::uint32_t turns_ = 0;
  // The number of them at which the clock was last read, and when that made it their turn.
  std::uint32_t looked_ = 0;
  std::chrono::steady_clock::time_point last_at_;
  std::chrono::microseconds spin_;
  Outside* outside_ = nullptr;
  std::chrono::steady_clock::time_point looked_outside_at_;
  const Peers& peers_;
  // By peer, and whether any holds something.
  std::vector<Outbox> outboxes_;
  bool posted_ = false;
  std::vector<Outbox> last_outboxes_;
  bool posted_last_ = false;
  Parcel* blanks_ = nullptr;
  std::size_t blank_count_ = 0;
  Gate gate_;
  // The guest's: when it last found the loop taken, and how often in a row.
  std::chrono::steady_clock::time_point taken_at_;
  std::uint32_t times_taken_ = 0;
  std::atomic<bool> unfinished_{false};
  std::atomic<bool> stopped_{false};
  Inbox inbox_;
};

template <class Done>
bool Worker::lend(Done&& done) {
  if (!borrow()) {
    return false;
  }
  auto idle_since = std::chrono::steady_clock::time_point();
  while (!done()) {
    if (pass()) {
      idle_since = {};
      continue;
    }
    if (idle_since == std::chrono::steady_clock::time_point()) {
      idle_since = std::chrono::steady_clock::now();
    }
    if (!watch(idle_since)) {
      note_unfinished();
      gate_.give_back([this] { return is_called(); });
      return false;
    }
  }
  note_unfinished();
  gate_.lease();
  return true;
}

}  // namespace eagre::actors
