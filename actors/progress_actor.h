// The progress actor: a mailbox around the Aggregator. It adds up the pointstamp changes of all
// operators and tells each the frontiers that it asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/seam.h"
#include "runtime/progress/aggregator.h"

namespace eagre::actors {

// Threads: confined to one actor.
class ProgressActor final : public Shell {
 public:
  ProgressActor(caf::actor_config& config, const api::Deployment& deployment);

  const char* name() const override { return "eagre.progress"; }
  caf::behavior make_behavior() override;
  void on_exit() override { directory_.reset(); }

 private:
  void on_unknown() override { on_event(); }
  void on_event();
  void tell_least_epoch();

  progress::Aggregator aggregator_;
  std::shared_ptr<const Directory> directory_;
  // Inputs of operators from which nothing leads on: the ends of the dataflow.
  std::vector<progress::Location> ends_;
  int reports_ = 0;
};

}  // namespace eagre::actors
