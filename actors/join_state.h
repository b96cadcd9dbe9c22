// How far joining a cluster has come: told by the gateway, waited for by the thread that starts the
// dataflow.
#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::actors {

// Threads: safe from any thread.
class JoinState {
 public:
  // Everybody is there, or this process cannot join. The first call counts.
  void settle(base::Status status) {
    const std::lock_guard lock(mutex_);
    if (!status_) {
      status_ = std::move(status);
      changed_.notify_all();
    }
  }
  // The gateways of all processes, by index; before settle().
  void set_gateways(std::vector<caf::actor> gateways) {
    const std::lock_guard lock(mutex_);
    gateways_ = std::move(gateways);
  }
  std::vector<caf::actor> gateways() const {
    const std::lock_guard lock(mutex_);
    return gateways_;
  }
  // Who is missing, for people.
  void set_waiting_for(std::string who) {
    const std::lock_guard lock(mutex_);
    waiting_for_ = std::move(who);
  }
  std::string waiting_for() const {
    const std::lock_guard lock(mutex_);
    return waiting_for_;
  }
  std::optional<base::Status> wait_for(std::chrono::milliseconds time) const {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return status_.has_value(); });
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<base::Status> status_;
  std::string waiting_for_;
  std::vector<caf::actor> gateways_;
};

}  // namespace eagre::actors
