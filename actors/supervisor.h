// The dataflow supervisor: starts the actors of one dataflow, and ends them all together, when
// nothing is left to do or when one of them failed.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/operator_actor.h"
#include "actors/seam.h"
#include "runtime/api/program.h"
#include "runtime/base/status.h"

namespace eagre::actors {

// Everything a dataflow needs to run.
struct Run {
  std::vector<api::OperatorFactory> factories;
  std::shared_ptr<const api::Deployment> deployment;
  std::shared_ptr<LiveDriver> driver;
  // By Deployment::instance.
  std::shared_ptr<std::deque<InstanceCounters>> counters;
};

// Threads: confined to one actor.
class Supervisor final : public caf::event_based_actor {
 public:
  Supervisor(caf::actor_config& config, Run run);

  const char* name() const override { return "eagre.supervisor"; }
  caf::behavior make_behavior() override;

 private:
  void spawn_all();
  // Ends all actors; the first status is the dataflow's.
  void end(base::Status status);
  void on_down(const caf::down_msg& down);

  Run run_;
  std::shared_ptr<Directory> directory_;
  std::size_t alive_ = 0;
  std::optional<base::Status> status_;
};

}  // namespace eagre::actors
