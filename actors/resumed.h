// What a process of a dataflow that takes checkpoints goes on from.
#pragma once

#include <cstdint>
#include <memory>

#include "actors/checkpoint_store.h"
#include "actors/options.h"
#include "actors/processes.h"
#include "runtime/api/checkpoint.h"
#include "runtime/base/status.h"
#include "runtime/control/checkpoint_folder.h"

namespace eagre::actors {

// Threads: value.
struct Resumed {
  std::shared_ptr<const CheckpointPlan> plan;
  // Null: it begins at the beginning.
  std::shared_ptr<const api::Checkpoint> checkpoint;
};

// Opens the folder and reads what this process needs of the checkpoint of its life. `own`: what
// manifests of this run say. Code::checkpoint if it cannot be used.
base::Result<Resumed> resume(const CheckpointOptions& options, const Life& life,
                             const control::Manifest& own, std::uint32_t process);

// Says on stderr that the dataflow goes on, or begins again where there was no checkpoint yet
// (number 0). When all nodes have joined, and begin.
void tell_recovered(const Resumed& resumed, const Life& life);

}  // namespace eagre::actors
