// The dataflow supervisor: starts the actors of one dataflow in this process, and ends them all
// together, when nothing is left to do or when one of them failed, here or in another process.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/pinned_scheduler.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "runtime/base/status.h"

namespace eagre::actors {

// Laws: the dataflow ends well only when it is complete and the driving program has let go of it,
// which the first process of a cluster declares; then every operator first works off what it was
// sent. At a failure all actors end at once. The end is told when the last of them is gone and the
// other processes have ended too, and the first failure is what is told.
// Threads: confined to one actor.
class Supervisor final : public Shell {
 public:
  using Shell::Shell;

  const char* name() const override { return "eagre.supervisor"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void begin(const Run& run);
  base::Status spawn_all(const Run& run);
  Worker* home_of(std::uint32_t worker) const;
  void end_if_done();
  void end(base::Status status);
  void conclude_if_alone();
  void conclude();
  void on_end_of(const caf::actor_addr& actor, const std::string& reason) override;
  std::string describe(const caf::actor_addr& actor) const;

  std::shared_ptr<Directory> directory_;
  // Null under another scheduler than the pinned one.
  Workers* workers_ = nullptr;
  std::size_t alive_ = 0;
  bool completed_ = false;
  bool released_ = false;
  std::optional<base::Status> status_;
};

}  // namespace eagre::actors
