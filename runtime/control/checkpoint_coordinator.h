// The leader's side of checkpoints, as a value: which one is open, who has answered, where the
// boundary lies, when all is saved (docs/checkpoints.md). It stands where the tracker is, since a
// boundary must reach every host before any frontier beyond it.
//
// Laws: one checkpoint is open at a time; numbers only grow and are never used again; what is late
// or belongs to a checkpoint before changes nothing; what no process that works says is refused
// (Code::input) and changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::control {

// Threads: value.
class CheckpointCoordinator {
 public:
  // Savers are numbered: whoever says that all of its part is saved. `sources`: how many of them
  // each saver answers for; `next`: the number of the first checkpoint.
  CheckpointCoordinator(std::vector<std::uint32_t> sources, std::uint64_t next);

  // Begins the next one if none is open: every source is then to be asked for its epoch.
  bool begin();
  // The answer of one of the saver's sources, each of which answers once: the last epoch in which
  // it may have sent something, ended or not. Whether it was the last one that was missing: the
  // boundary is then to be announced.
  base::Result<bool> answered(std::uint32_t saver, std::uint64_t interval, std::uint64_t epoch);
  // The boundary, once all have answered. `clock`: how far frontiers may have been shown.
  std::uint64_t decide(std::uint64_t clock);
  // What a saver says once, after the boundary was decided: its part is saved. `all`: it was the
  // last one that was missing, the checkpoint can be made durable. `late`: it changes nothing.
  enum class Saved : unsigned char { late, counts, all };
  base::Result<Saved> saved(std::uint32_t saver, std::uint64_t interval);
  // Or that it could not be: whether the checkpoint is then to be given up.
  base::Result<bool> not_saved(std::uint32_t saver, std::uint64_t interval) const;
  // The open checkpoint is durable; it is no longer open.
  void complete();
  // It is given up: every host is to be told. Its number is returned, if one was open.
  std::optional<std::uint64_t> abort();

  // Its number.
  std::optional<std::uint64_t> open() const;
  // Of the open one, once decided.
  std::optional<std::uint64_t> boundary() const { return boundary_; }
  std::uint64_t completed() const { return completed_; }
  std::uint64_t aborted() const { return aborted_; }

 private:
  void close();
  base::Status check(std::uint32_t saver, std::uint64_t interval) const;
  base::Result<bool> expects(std::uint32_t saver, std::uint64_t interval) const;
  bool is_open(std::uint64_t interval) const { return open_ && interval == next_; }

  std::vector<std::uint32_t> sources_;
  std::uint64_t next_;
  bool open_ = false;
  // By saver, and of all.
  std::vector<std::uint32_t> answers_;
  std::uint32_t missing_answers_ = 0;
  std::uint64_t latest_ = 0;
  std::optional<std::uint64_t> boundary_;
  std::vector<bool> saved_;
  std::uint32_t missing_savers_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t aborted_ = 0;
};

}  // namespace eagre::control
