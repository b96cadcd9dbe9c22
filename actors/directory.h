// Who lives where: the actors of one dataflow, and what they need to know of its plan.
#pragma once

#include <caf/actor.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/live_driver.h"
#include "runtime/api/program.h"

namespace eagre::actors {

// Threads: safe from any thread once built.
struct Directory {
  std::shared_ptr<const api::Deployment> deployment;
  std::shared_ptr<LiveDriver> driver;
  // By Deployment::instance.
  std::vector<caf::actor> instances;
  caf::actor progress;
  caf::actor supervisor;

  const caf::actor& instance(std::uint32_t node, std::uint32_t worker) const {
    return instances[deployment->instance(node, worker)];
  }
};

}  // namespace eagre::actors
