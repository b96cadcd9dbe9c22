// The receiver's side of frontiers: what one input port knows.
//
// Law: a frontier only moves forward. Updates carry a version per port; they may be skipped or
// merged on the way, never applied backwards. While it is held at an epoch, what is shown goes no
// further than that epoch, whatever is told.
// Source: rules R9 and R13 of docs/progress.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/progress/antichain.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::progress {

// The whole frontier of one input port of one instance.
struct FrontierUpdate {
  Generation generation;
  // Grows with every change of the port's frontier; starts at 1.
  std::uint64_t version = 0;
  // Place of the port among the inputs of the instance.
  std::uint32_t port = 0;
  Antichain frontier;

  friend bool operator==(const FrontierUpdate&, const FrontierUpdate&) = default;
};

// Threads: value.
class FrontierView {
 public:
  // `coordinates`: of the times that arrive at the port. Until the first update the frontier is the
  // least time: anything may still come.
  FrontierView(Generation generation, std::size_t coordinates);

  // Takes a newer version; returns whether what is shown moved. An older version, the same one and
  // another generation are dropped and counted. A newer version whose frontier is not at or after
  // the known one ends the process.
  bool apply(const FrontierUpdate& update);

  // As shown.
  const Antichain& frontier() const { return frontier_; }

  // Shows no later epoch than this, until release(). What is shown already must not lie beyond it.
  void hold(std::uint64_t epoch);
  // Shows what was told; returns whether that moves what is shown.
  bool release();

  // 0 until the first update.
  std::uint64_t version() const { return version_; }
  // Updates dropped.
  std::uint64_t stale() const { return stale_; }

 private:
  bool show();

  Generation generation_;
  std::uint64_t version_ = 0;
  std::uint64_t stale_ = 0;
  Antichain frontier_;
  // While held: at which epoch, and what was told.
  std::optional<std::uint64_t> end_;
  Antichain told_;
};

}  // namespace eagre::progress
