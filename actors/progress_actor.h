// The progress actor: a mailbox around the Aggregator. It adds up the pointstamp changes of all
// operators and tells each the frontiers that it asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/seam.h"
#include "actors/worker.h"
#include "runtime/progress/aggregator.h"

namespace eagre::actors {

// Threads: confined to one actor.
class ProgressActor final : public Shell, public Pinned {
 public:
  // `home` is null under another scheduler than the pinned one.
  ProgressActor(caf::actor_config& config, Worker* home, const api::Deployment& deployment);

  const char* name() const override { return "eagre.progress"; }
  caf::behavior make_behavior() override;
  void on_exit() override { directory_.reset(); }

  // What an operator did.
  void tell(const progress::ProgressBatch& batch);

  void take(Parcel& parcel) override;
  bool turn() override;

 private:
  void on_unknown() override { on_event(); }
  // Something was added up.
  void on_event();
  void publish();
  void send_update(std::uint32_t instance, const progress::FrontierUpdate& update);
  void tell_least_epoch();

  // Inputs of operators from which nothing leads on: the ends of the dataflow.
  std::vector<progress::Location> ends_;
  progress::Aggregator aggregator_;
  std::shared_ptr<const Directory> directory_;
  int reports_ = 0;
  bool completed_ = false;
};

}  // namespace eagre::actors
