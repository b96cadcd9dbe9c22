// Who lives where: the actors of one dataflow in one process, and what they need to know of its
// plan.
#pragma once

#include <caf/actor.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/checkpoint_store.h"
#include "actors/live_driver.h"
#include "runtime/api/program.h"

namespace eagre::actors {

class OperatorActor;
class ProgressActor;
class Uplink;
class Worker;

// Threads: safe from any thread once built.
struct Directory {
  Directory();
  ~Directory();

  std::shared_ptr<const api::Deployment> deployment;
  std::shared_ptr<LiveDriver> driver;
  // By Deployment::instance; invalid where the instance lives in another process.
  std::vector<caf::actor> instances;
  caf::actor progress;
  caf::actor supervisor;
  // The same as objects, for what goes past mailboxes.
  std::vector<OperatorActor*> operators;
  ProgressActor* tracker = nullptr;
  // By loop; none if there is no other process.
  std::vector<std::unique_ptr<Uplink>> uplinks;
  // Where checkpoints are kept, and what this run goes on from; null: none are taken.
  std::shared_ptr<const CheckpointPlan> checkpoint_plan;
  std::shared_ptr<CheckpointStore> checkpoints;
  std::shared_ptr<const api::Checkpoint> restored;
  // The way to other processes; invalid if there are none.
  caf::actor gateway;
  // The worker whose loop the driving thread may run while it waits; null if there is none.
  Worker* lead = nullptr;

  const caf::actor& instance(std::uint32_t node, std::uint32_t worker) const {
    return instances[deployment->instance(node, worker)];
  }
  OperatorActor& operator_at(std::uint32_t node, std::uint32_t worker) const {
    return *operators[deployment->instance(node, worker)];
  }
};

}  // namespace eagre::actors
