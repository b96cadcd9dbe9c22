#include "runtime/control/checkpoint_coordinator.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace eagre::control {

CheckpointCoordinator::CheckpointCoordinator(std::uint32_t sources, std::uint32_t savers,
                                             std::uint64_t next)
    : sources_(sources), next_(next), saved_(savers) {}

std::optional<std::uint64_t> CheckpointCoordinator::open() const {
  return open_ ? std::optional(next_) : std::nullopt;
}

bool CheckpointCoordinator::begin() {
  if (open_ || sources_ == 0) {
    return false;
  }
  open_ = true;
  missing_answers_ = sources_;
  missing_savers_ = static_cast<std::uint32_t>(saved_.size());
  latest_ = 0;
  boundary_.reset();
  std::fill(saved_.begin(), saved_.end(), false);
  return true;
}

bool CheckpointCoordinator::answered(std::uint64_t interval, std::uint64_t epoch) {
  if (!open_ || interval != next_ || missing_answers_ == 0) {
    return false;
  }
  latest_ = std::max(latest_, epoch);
  return --missing_answers_ == 0;
}

std::uint64_t CheckpointCoordinator::decide(std::uint64_t clock) {
  EAGRE_CHECK(open_ && missing_answers_ == 0 && !boundary_,
              "the boundary of checkpoint {} was to be decided out of turn", next_);
  boundary_ = std::max(latest_, clock);
  return *boundary_;
}

bool CheckpointCoordinator::saved(std::uint32_t saver, std::uint64_t interval) {
  if (!open_ || interval != next_ || saved_.at(saver)) {
    return false;
  }
  saved_[saver] = true;
  return --missing_savers_ == 0;
}

void CheckpointCoordinator::complete() {
  EAGRE_CHECK(open_ && missing_savers_ == 0, "checkpoint {} is not complete", next_);
  ++completed_;
  close();
}

std::optional<std::uint64_t> CheckpointCoordinator::abort() {
  if (!open_) {
    return std::nullopt;
  }
  ++aborted_;
  close();
  return next_ - 1;
}

void CheckpointCoordinator::close() {
  open_ = false;
  ++next_;
  boundary_.reset();
}

}  // namespace eagre::control
