#include "actors/resumed.h"

#include <fmt/core.h>

#include <iostream>
#include <string>
#include <utility>

#include "actors/recovery.h"
#include "runtime/base/crash_point.h"

namespace eagre::actors {
namespace {

// Whether the process needs what a process of the run that took the checkpoint kept: with as many
// workers in all only that of its own workers, otherwise that of all.
bool needs(const control::Manifest& from, std::uint32_t other, const control::Manifest& own,
           std::uint32_t process) {
  if (from.processes * from.workers != own.processes * own.workers) {
    return true;
  }
  return other * from.workers < (process + 1) * own.workers &&
         process * own.workers < (other + 1) * from.workers;
}

base::Result<api::Checkpoint> read(const control::CheckpointFolder& folder,
                                   const control::Manifest& from, const control::Manifest& own,
                                   std::uint32_t process) {
  api::Checkpoint checkpoint;
  checkpoint.interval = from.id.interval;
  checkpoint.epoch = from.epoch;
  checkpoint.records = from.records;
  checkpoint.workers = from.processes * from.workers;
  for (std::uint32_t other = 0; other < from.processes; ++other) {
    if (!needs(from, other, own, process)) {
      continue;
    }
    base::Result<control::NodeSnapshots> snapshots = folder.read_state(from, other);
    if (!snapshots.ok()) {
      return snapshots.status();
    }
    for (auto& [instance, snapshot] : *snapshots) {
      if (instance >= checkpoint.snapshots.size()) {
        checkpoint.snapshots.resize(instance + 1);
      }
      checkpoint.snapshots[instance] = std::move(snapshot);
    }
  }
  return checkpoint;
}

}  // namespace

base::Result<Resumed> resume(const CheckpointOptions& options, const Life& life,
                             const control::Manifest& own, std::uint32_t process) {
  base::Result<control::CheckpointFolder> folder = control::CheckpointFolder::open(options.folder);
  if (!folder.ok()) {
    return folder.status();
  }
  base::Result<control::ReadCounts> reads = folder->counts(life.generation);
  if (!reads.ok()) {
    return reads.status();
  }
  Resumed resumed;
  resumed.plan = std::make_shared<const CheckpointPlan>(
      CheckpointPlan{options.interval, options.keep, life.generation, *folder,
                     std::make_shared<const control::ReadCounts>(std::move(reads.value()))});
  if (!life.restored) {
    return resumed;
  }
  const base::Result<control::Manifest> manifest = folder->manifest(*life.restored);
  base::Status status = manifest.ok() ? check_manifest(*folder, *manifest, own) : manifest.status();
  if (!status.ok()) {
    return status;
  }
  base::Result<api::Checkpoint> checkpoint = read(*folder, *manifest, own, process);
  if (!checkpoint.ok()) {
    return checkpoint.status();
  }
  EAGRE_CRASH_POINT("state read");
  resumed.checkpoint = std::make_shared<const api::Checkpoint>(std::move(checkpoint.value()));
  return resumed;
}

void tell_recovered(const Resumed& resumed, const Life& life) {
  const api::Checkpoint* const from = resumed.checkpoint.get();
  std::cerr << fmt::format(
      "recovered generation={} checkpoint={} epoch={} replayed={} seconds={:.3f}\n",
      life.generation, from != nullptr ? from->interval : 0, from != nullptr ? from->epoch : 0,
      life.replayed ? std::to_string(*life.replayed) : "unknown",
      static_cast<double>(steady_now() - life.since) * 1e-9);
}

}  // namespace eagre::actors
