// The operator actor: a mailbox around an OperatorHost. One actor is one operator instance. The
// host knows the protocol; the actor knows the addresses.
#pragma once

#include <caf/response_promise.hpp>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "runtime/dataflow/host.h"

namespace eagre::actors {

// Threads: confined to one actor.
class OperatorActor final : public Shell, private dataflow::Effects {
 public:
  OperatorActor(caf::actor_config& config, dataflow::HostSpec spec, std::uint32_t node,
                std::unique_ptr<dataflow::Operator> op, InstanceCounters& counters);

  const char* name() const override { return "eagre.operator"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void on_unknown() override { on_event(); }
  void on_event();
  // Runs the host once; returns whether it has more to do.
  bool run();

  void send(std::uint32_t channel, std::uint32_t worker, data::Batch batch) override;
  void give_credit(std::uint32_t input, std::uint32_t worker, std::uint64_t bytes) override;
  void report(progress::ProgressBatch batch) override;
  void answer(std::uint64_t ask, base::Result<data::Batch> answer) override;
  void publish(std::uint32_t probe, const progress::Antichain& frontier) override;
  void fed(std::uint64_t bytes) override;
  void fail(dataflow::Failure failure) override;

  std::uint32_t node_;
  dataflow::OperatorHost host_;
  InstanceCounters& counters_;
  std::shared_ptr<const Directory> directory_;
  std::unordered_map<std::uint64_t, caf::response_promise> asks_;
  std::uint64_t next_ask_ = 0;
  int events_ = 0;
  bool continuing_ = false;
};

}  // namespace eagre::actors
