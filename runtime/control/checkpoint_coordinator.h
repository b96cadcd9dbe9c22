// The leader's side of checkpoints, as a value: which one is open, who has answered, where the
// boundary lies, when all is saved (docs/checkpoints.md). It stands where the tracker is, since a
// boundary must reach every host before any frontier beyond it.
//
// Laws: one checkpoint is open at a time; numbers only grow and are never used again; what is late
// or belongs to another checkpoint changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace eagre::control {

// Threads: value.
class CheckpointCoordinator {
 public:
  // `savers`: whoever says that all of its part is saved, by number; `next`: the number of the
  // first checkpoint.
  CheckpointCoordinator(std::uint32_t sources, std::uint32_t savers, std::uint64_t next);

  // Begins the next one if none is open: every source is then to be asked for its epoch.
  bool begin();
  // The answer of one of the sources, each of which answers once: the last epoch in which it may
  // have sent something, ended or not. Returns whether it was the last one that was missing: the
  // boundary is then to be announced.
  bool answered(std::uint64_t interval, std::uint64_t epoch);
  // The boundary, once all have answered. `clock`: how far frontiers may have been shown.
  std::uint64_t decide(std::uint64_t clock);
  // Whether that was the last one that was missing: the checkpoint can then be made durable.
  bool saved(std::uint32_t saver, std::uint64_t interval);
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

  std::uint32_t sources_;
  std::uint64_t next_;
  bool open_ = false;
  std::uint32_t missing_answers_ = 0;
  std::uint64_t latest_ = 0;
  std::optional<std::uint64_t> boundary_;
  std::vector<bool> saved_;
  std::uint32_t missing_savers_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t aborted_ = 0;
};

}  // namespace eagre::control
