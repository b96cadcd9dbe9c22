// Everything that one dataflow needs to run on actors.
#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "actors/directory.h"
#include "actors/live_driver.h"
#include "runtime/api/program.h"

namespace eagre::actors {

// Numbers that others may read while the dataflow runs. Threads: safe from any thread.
struct InstanceCounters {
  std::atomic<std::uint64_t> records_in{0};
  std::atomic<std::uint64_t> records_out{0};
  std::atomic<std::uint64_t> activations{0};
};

// Threads: value.
struct Run {
  Run(const api::Program& program, api::Deployment planned)
      : factories(program.factories),
        deployment(std::make_shared<const api::Deployment>(std::move(planned))),
        driver(std::make_shared<LiveDriver>(program, *deployment)),
        counters(std::make_shared<std::deque<InstanceCounters>>(deployment->instances())) {}

  std::vector<api::OperatorFactory> factories;
  std::shared_ptr<const api::Deployment> deployment;
  std::shared_ptr<LiveDriver> driver;
  // To the other processes; none if there are none. Of the other processes, by index: their
  // gateways.
  caf::actor gateway;
  std::vector<caf::actor> gateways;
  // As in Directory.
  std::shared_ptr<const CheckpointPlan> checkpoint_plan;
  std::shared_ptr<CheckpointStore> checkpoints;
  std::shared_ptr<const api::Checkpoint> restored;
  // What every manifest says of this dataflow.
  control::Manifest manifest;
  // By Deployment::instance.
  std::shared_ptr<std::deque<InstanceCounters>> counters;
};

}  // namespace eagre::actors
