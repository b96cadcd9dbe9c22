#include "actors/network_loop.h"

#include <chrono>
#include <utility>

namespace eagre::actors {
namespace {

// So long the loop may stay away. Far below any heartbeat.
constexpr std::chrono::milliseconds kAbsence{10};
// What the watchman does in one go.
constexpr int kEventsInTurn = 64;

// Whether this thread is in the multiplexer: what it does there need not wake it up.
thread_local bool is_in = false;

class In {
 public:
  In() { is_in = true; }
  In(const In&) = delete;
  In& operator=(const In&) = delete;
  ~In() { is_in = false; }
};

}  // namespace

NetworkLoop::NetworkLoop(caf::io::network::multiplexer& network) : network_(network) {}

NetworkLoop::~NetworkLoop() {
  stop();
}

bool NetworkLoop::look() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || !in_charge_.load()) {
    return false;
  }
  visits_.fetch_add(1, std::memory_order_relaxed);
  const In in;
  return network_.try_run_once();
}

bool NetworkLoop::sleep(const std::atomic<bool>& rung) {
  const std::lock_guard lock(mutex_);
  if (!in_charge_.load()) {
    return false;
  }
  visits_.fetch_add(1, std::memory_order_relaxed);
  // The watchman may have taken out what was to wake this thread up: then `rung` says so.
  if (!rung.load()) {
    const In in;
    network_.run_once();
  }
  return true;
}

void NetworkLoop::wake() {
  if (!is_in && in_charge_.load()) {
    network_.post([] {});
  }
}

void NetworkLoop::watch() {
  std::uint64_t seen = 0;
  std::unique_lock watching(watchman_mutex_);
  while (!over_.wait_for(watching, kAbsence, [this] { return !in_charge_.load(); })) {
    const std::uint64_t visits = visits_.load(std::memory_order_relaxed);
    if (visits != std::exchange(seen, visits)) {
      continue;
    }
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock) {
      const In in;
      for (int i = 0; i < kEventsInTurn && network_.try_run_once(); ++i) {
      }
    }
  }
}

void NetworkLoop::start() {
  // CAF takes the thread that made the middleman for the multiplexer's.
  network_.thread_id(std::thread::id());
  in_charge_.store(true);
  watchman_ = std::thread([this] { watch(); });
}

void NetworkLoop::stop() {
  if (!in_charge_.exchange(false)) {
    return;
  }
  network_.post([] {});
  { const std::lock_guard lock(watchman_mutex_); }
  over_.notify_one();
  watchman_.join();
  // Whoever is still in the multiplexer leaves.
  const std::lock_guard lock(mutex_);
}

}  // namespace eagre::actors
