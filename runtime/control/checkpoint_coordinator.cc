#include "runtime/control/checkpoint_coordinator.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::control {

CheckpointCoordinator::CheckpointCoordinator(std::vector<std::uint32_t> sources, std::uint64_t next)
    : sources_(std::move(sources)),
      next_(next),
      answers_(sources_.size()),
      saved_(sources_.size()) {}

std::optional<std::uint64_t> CheckpointCoordinator::open() const {
  return open_ ? std::optional(next_) : std::nullopt;
}

bool CheckpointCoordinator::begin() {
  const std::uint32_t sources = std::accumulate(sources_.begin(), sources_.end(), 0U);
  if (open_ || sources == 0) {
    return false;
  }
  open_ = true;
  missing_answers_ = sources;
  missing_savers_ = static_cast<std::uint32_t>(saved_.size());
  latest_ = 0;
  boundary_.reset();
  std::fill(answers_.begin(), answers_.end(), 0);
  std::fill(saved_.begin(), saved_.end(), false);
  return true;
}

// Of one that is open, or was.
base::Status CheckpointCoordinator::check(std::uint32_t saver, std::uint64_t interval) const {
  if (saver >= sources_.size()) {
    return {base::Code::input,
            fmt::format("part {} of a checkpoint of {} parts", saver, sources_.size())};
  }
  if (interval > next_ || (interval == next_ && !open_)) {
    return {base::Code::input, fmt::format("checkpoint {} has not begun", interval)};
  }
  return {};
}

base::Result<bool> CheckpointCoordinator::answered(std::uint32_t saver, std::uint64_t interval,
                                                   std::uint64_t epoch) {
  if (base::Status status = check(saver, interval); !status.ok()) {
    return status;
  }
  if (!is_open(interval)) {
    return false;
  }
  if (answers_[saver] == sources_[saver]) {
    return base::Status(base::Code::input,
                        fmt::format("checkpoint {} has {} answers of part {} already", interval,
                                    answers_[saver], saver));
  }
  if (epoch == std::numeric_limits<std::uint64_t>::max()) {
    return base::Status(base::Code::input,
                        fmt::format("checkpoint {}: a source in epoch {}, behind which there is "
                                    "none",
                                    interval, epoch));
  }
  ++answers_[saver];
  latest_ = std::max(latest_, epoch);
  return --missing_answers_ == 0;
}

std::uint64_t CheckpointCoordinator::decide(std::uint64_t clock) {
  EAGRE_CHECK(open_ && missing_answers_ == 0 && !boundary_,
              "the boundary of checkpoint {} was to be decided out of turn", next_);
  boundary_ = std::max(latest_, clock);
  return *boundary_;
}

base::Result<CheckpointCoordinator::Saved> CheckpointCoordinator::saved(std::uint32_t saver,
                                                                        std::uint64_t interval) {
  const base::Result<bool> counts = expects(saver, interval);
  if (!counts.ok()) {
    return counts.status();
  }
  if (!*counts) {
    return Saved::late;
  }
  if (!boundary_) {
    return base::Status(base::Code::input,
                        fmt::format("checkpoint {} has no boundary yet", interval));
  }
  saved_[saver] = true;
  return --missing_savers_ == 0 ? Saved::all : Saved::counts;
}

base::Result<bool> CheckpointCoordinator::not_saved(std::uint32_t saver,
                                                    std::uint64_t interval) const {
  return expects(saver, interval);
}

// Whether what the saver says of its part counts.
base::Result<bool> CheckpointCoordinator::expects(std::uint32_t saver,
                                                  std::uint64_t interval) const {
  if (base::Status status = check(saver, interval); !status.ok()) {
    return status;
  }
  if (!is_open(interval)) {
    return false;
  }
  if (saved_[saver]) {
    return base::Status(base::Code::input,
                        fmt::format("part {} of checkpoint {} is saved already", saver, interval));
  }
  return true;
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
