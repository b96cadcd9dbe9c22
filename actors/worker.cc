#include "actors/worker.h"

#include <chrono>
#include <utility>

namespace eagre::actors {
namespace {

// Progress is computed though actors are still ready: after so many turns, or after fewer that took
// longer than that.
constexpr std::uint32_t kTurnsPerLast = 32;
constexpr std::uint32_t kTurnsPerLook = 4;
constexpr std::chrono::microseconds kLongest{20};
// A loop that has work looks outside that often.
constexpr std::chrono::microseconds kBetweenLooks{20};
// A guest that finds the loop taken so often, with less than that in between, asks for it.
constexpr std::uint32_t kTimesTaken = 16;
constexpr std::chrono::microseconds kOften{10};
// Rounds of a guest that looks in.
constexpr int kRoundsPerLook = 8;
// Parcels kept for reuse.
constexpr std::size_t kBlanks = 1024;

}  // namespace

void Pinned::ready() {
  if (!queued_) {
    queued_ = true;
    (last_ ? home_->last_ : home_->ready_).push_back(this);
  }
}

Worker::Worker(std::uint32_t index, std::uint32_t workers, const Peers& peers,
               std::chrono::microseconds spin)
    : index_(index), spin_(spin), peers_(peers), outboxes_(workers), last_outboxes_(workers) {}

Worker::~Worker() {
  while (blanks_ != nullptr) {
    delete std::exchange(blanks_, blanks_->next);
  }
}

Parcel* Worker::blank() {
  if (blanks_ == nullptr) {
    return new Parcel;
  }
  --blank_count_;
  return std::exchange(blanks_, blanks_->next);
}

void Worker::recycle(Parcel* parcel) {
  if (blank_count_ >= kBlanks) {
    delete parcel;
    return;
  }
  ++blank_count_;
  parcel->next = std::exchange(blanks_, parcel);
}

void Worker::flush() {
  if (std::exchange(posted_, false)) {
    hand_over(outboxes_);
  }
}

void Worker::hand_over(std::vector<Outbox>& outboxes) {
  for (std::size_t i = 0; i < outboxes.size(); ++i) {
    if (!outboxes[i].empty()) {
      peers_[i]->hand_in(outboxes[i]);
    }
  }
}

bool Worker::take_in() {
  Parcel* parcel = inbox_.take();
  if (parcel == nullptr) {
    return false;
  }
  while (parcel != nullptr) {
    parcel->to->take(*parcel);
    recycle(std::exchange(parcel, parcel->next));
  }
  return true;
}

void Worker::run_all(std::vector<Pinned*>& queue) {
  round_.swap(queue);
  for (Pinned* const actor : round_) {
    actor->queued_ = false;
    if (actor->turn()) {
      actor->ready();
    }
    flush();
  }
  turns_ += static_cast<std::uint32_t>(round_.size());
  round_.clear();
}

bool Worker::work() {
  bool worked = take_in();
  if (has_jobs() && run_jobs()) {
    flush();
    worked = true;
  }
  if (!ready_.empty()) {
    run_all(ready_);
    worked = true;
  }
  if ((!last_.empty() || posted_last_) && (ready_.empty() || last_is_due())) {
    run_all(last_);
    if (std::exchange(posted_last_, false)) {
      hand_over(last_outboxes_);
    }
    turns_ = 0;
    looked_ = 0;
    worked = true;
  }
  return worked;
}

// Looking costs a system call: not in every round while there is work.
bool Worker::look_outside(bool busy) {
  const auto now = std::chrono::steady_clock::now();
  if (busy && now - looked_outside_at_ < kBetweenLooks) {
    return false;
  }
  looked_outside_at_ = now;
  return outside_->look();
}

bool Worker::last_is_due() {
  if (turns_ >= kTurnsPerLast) {
    return true;
  }
  if (turns_ < looked_ + kTurnsPerLook) {
    return false;
  }
  looked_ = turns_;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_at_ < kLongest) {
    return false;
  }
  last_at_ = now;
  return true;
}

bool Worker::watch(std::chrono::steady_clock::time_point since) const {
  // What comes from outside is not seen from here.
  const int looks = outside_ == nullptr ? 32 : 1;
  for (int i = 0; i < looks; ++i) {
    if (has_work()) {
      return true;
    }
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }
  return std::chrono::steady_clock::now() - since < spin_;
}

void Worker::run() {
  for (;;) {
    note_unfinished();
    gate_.sleep([this] { return is_called(); });
    auto idle_since = std::chrono::steady_clock::time_point();
    while (!gate_.wanted()) {
      if (pass()) {
        idle_since = {};
        continue;
      }
      if (stopped_.load()) {
        return;
      }
      if (idle_since == std::chrono::steady_clock::time_point()) {
        idle_since = std::chrono::steady_clock::now();
      }
      if (!watch(idle_since)) {
        break;
      }
    }
  }
}

void Worker::stop() {
  stopped_.store(true);
  gate_.ring_now();
}

bool Worker::borrow() {
  const auto start = std::chrono::steady_clock::now();
  while (!gate_.try_borrow()) {
    for (int i = 0; i < 32; ++i) {
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }
    if (std::chrono::steady_clock::now() - start >= spin_) {
      gate_.stop_trying([this] { return is_called(); });
      return false;
    }
  }
  return true;
}

void Worker::lend_once() {
  if (gate_.try_borrow_free()) {
    times_taken_ = 0;
    for (int i = 0; i < kRoundsPerLook && pass(); ++i) {
    }
    note_unfinished();
    gate_.lease();
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  times_taken_ = now - taken_at_ < kOften ? times_taken_ + 1 : 1;
  taken_at_ = now;
  if (times_taken_ == kTimesTaken) {
    gate_.ask();
    times_taken_ = 0;
  }
}

void Worker::unlend() {
  if (gate_.try_borrow_free()) {
    note_unfinished();
    gate_.give_back([this] { return is_called(); });
  }
}

}  // namespace eagre::actors
