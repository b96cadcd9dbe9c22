// The node: the one actor of a process that everything else hangs from. It starts a dataflow's
// supervisor, watches it, and makes sure that the end of the dataflow is told whatever happens.
#pragma once

#include <memory>
#include <string>

#include "actors/live_driver.h"
#include "actors/messages.h"
#include "actors/seam.h"

namespace eagre::actors {

// Runs one dataflow: Begin first, then Release or Cancel. Ends with it.
// Threads: confined to one actor.
class Node final : public Shell {
 public:
  using Shell::Shell;

  const char* name() const override { return "eagre.node"; }
  caf::behavior make_behavior() override;
  void on_exit() override { supervisor_ = nullptr; }

 private:
  void on_end_of(const caf::actor_addr& actor, const std::string& reason) override;

  std::shared_ptr<LiveDriver> driver_;
  caf::actor supervisor_;
};

}  // namespace eagre::actors
