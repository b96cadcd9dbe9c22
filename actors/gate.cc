#include "actors/gate.h"

namespace eagre::actors {

void Gate::wake() {
  if (rung_.exchange(true)) {
    return;
  }
  // The thread has either seen it or is waiting by the time the lock is ours.
  { const std::lock_guard lock(mutex_); }
  bell_.notify_one();
  if (outside_ != nullptr) {
    outside_->wake();
  }
}

bool Gate::ring_now() {
  take(Holder::leased, Holder::nobody);
  return ring();
}

bool Gate::try_borrow_free() {
  return take(Holder::leased, Holder::guest) || take(Holder::nobody, Holder::guest);
}

bool Gate::try_borrow() {
  if (try_borrow_free()) {
    wanted_.store(false);
    return true;
  }
  wanted_.store(true);
  return false;
}

void Gate::lease() {
  leases_.fetch_add(1);
  holder_.store(Holder::leased);
  if (!ticking_.load()) {
    wake();
  }
}

}  // namespace eagre::actors
