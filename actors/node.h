// The node: the one actor of a process that everything else hangs from. It starts a dataflow's
// supervisor, watches it, and makes sure that the end of the dataflow is told whatever happens.
#pragma once

#include "actors/messages.h"
#include "actors/seam.h"
#include "actors/supervisor.h"

namespace eagre::actors {

// To the node: run this dataflow.
struct RunDataflow {
  Run run;
};

// Threads: confined to one actor.
class Node final : public caf::event_based_actor {
 public:
  explicit Node(caf::actor_config& config);

  const char* name() const override { return "eagre.node"; }
  caf::behavior make_behavior() override;
  void on_exit() override { supervisor_ = nullptr; }

 private:
  std::shared_ptr<LiveDriver> driver_;
  caf::actor supervisor_;
};

}  // namespace eagre::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::RunDataflow)
