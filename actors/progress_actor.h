// The progress actor, one in each process. In the leader it is a mailbox around the Aggregator,
// which adds up the pointstamp changes of all operators and computes frontiers; elsewhere around
// the Consolidator, which adds up those of its process for the leader. Both tell each operator here
// the frontiers that it asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/seam.h"
#include "actors/worker.h"
#include "runtime/base/status.h"
#include "runtime/control/checkpoint_coordinator.h"
#include "runtime/progress/aggregator.h"
#include "runtime/progress/consolidator.h"

namespace eagre::actors {

// Threads: confined to one actor.
class ProgressActor final : public Shell, public Pinned {
 public:
  // `home` is null under another scheduler than the pinned one.
  // `checkpoint`: what every manifest says of this dataflow.
  ProgressActor(caf::actor_config& config, Worker* home, const api::Deployment& deployment,
                control::Manifest checkpoint);

  const char* name() const override { return "eagre.progress"; }
  caf::behavior make_behavior() override;
  void on_exit() override { directory_.reset(); }

  // What an operator did.
  void tell(const progress::ProgressBatch& batch);
  // What another process told: in the leader a sum, elsewhere a delta. Refused if it is not what
  // such a process tells.
  base::Status tell(const progress::ProgressSum& sum);
  base::Status tell(const progress::FrontierDelta& delta);
  // What a source of this process answers, or its store says; and the step that node `node` sent.
  void tell(const Marked& marked);
  base::Status tell(std::uint32_t node, const control::Checkpoint& step);

  void take(Parcel& parcel) override;
  bool turn() override;

 private:
  void on_unknown() override { on_event(); }
  // Something was added up.
  void on_event();
  void publish();
  void publish(progress::Aggregator& aggregator);
  void publish(progress::Consolidator& consolidator);
  Uplink& uplink() const { return *directory_->uplinks[home()->index()]; }
  void send_update(std::uint32_t instance, const progress::FrontierUpdate& update);
  // Something that other processes told cannot be: the dataflow ends.
  void refuse(const progress::Aggregator::Wrong& wrong);
  void tell_least_epoch(const progress::Aggregator& aggregator);

  // Checkpoints: progress_checkpoints.cc.
  void start_checkpoints();
  void begin_checkpoint();
  void announce_boundary();
  void abort_checkpoint(const std::string& why);
  void close_checkpoint();
  void tell(const Committed& committed);
  base::Status take_in(std::uint32_t node, const control::Checkpoint& step);
  void spread(const control::Checkpoint& step);
  void spread_here(const control::Checkpoint& step);
  void mark(std::uint32_t instance, const control::Checkpoint& step);

  // Inputs of operators from which nothing leads on: the ends of the dataflow.
  std::vector<progress::Location> ends_;
  std::variant<progress::Aggregator, progress::Consolidator> role_;
  std::shared_ptr<const Directory> directory_;
  int reports_ = 0;
  bool completed_ = false;
  bool refused_ = false;
  // In the leader, if checkpoints are taken; and the one that is open.
  std::optional<control::CheckpointCoordinator> coordinator_;
  control::Manifest taking_;
  std::chrono::steady_clock::time_point began_;
  bool committing_ = false;
};

}  // namespace eagre::actors
