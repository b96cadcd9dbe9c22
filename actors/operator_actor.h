// The operator actor: a mailbox around an OperatorHost. One actor is one operator instance. The
// host knows the protocol; the actor knows the addresses.
#pragma once

#include <caf/response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "actors/worker.h"
#include "runtime/dataflow/host.h"

namespace eagre::actors {

// Threads: confined to one actor.
class OperatorActor final : public Shell, public Pinned, private dataflow::Effects {
 public:
  // `home` is null under another scheduler than the pinned one.
  OperatorActor(caf::actor_config& config, Worker* home, dataflow::HostSpec spec,
                std::uint32_t node, std::unique_ptr<dataflow::Operator> op,
                InstanceCounters& counters);

  const char* name() const override { return "eagre.operator"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  // What others tell it, by whichever way it comes.
  void tell(Deliver&& message);
  void tell(const Credit& message);
  void tell(const Advance& message) { tell(message.update); }
  void tell(const progress::FrontierUpdate& update);
  void tell(Fed&& message);
  void tell(const Mark& message);

  void take(Parcel& parcel) override;
  bool turn() override;

 private:
  void on_unknown() override { on_event(); }
  // What was sent before the message at hand, by the other way.
  void take_in_parcels();
  void begin();
  void allow();
  // Something was taken down for the host.
  void on_event();
  template <class Message>
  void send_to(std::uint32_t instance, Message message);
  std::uint32_t instance() const;
  Uplink& uplink() const { return *directory_->uplinks[home()->index()]; }
  // Runs the host once; returns whether it has more to do.
  bool run();
  void count_inputs();

  void send(std::uint32_t channel, std::uint32_t worker, data::Batch batch) override;
  void give_credit(std::uint32_t input, std::uint32_t worker, std::uint64_t bytes) override;
  void report(const progress::ProgressBatch& batch) override;
  void answer(std::uint64_t ask, base::Result<data::Batch> answer) override;
  void publish(std::uint32_t probe, const progress::Antichain& frontier) override;
  void fed(std::uint64_t bytes) override;
  void source_at(std::uint64_t interval, std::uint64_t epoch) override;
  void snapshot(std::uint64_t interval, data::Snapshot snapshot) override;
  void fail(dataflow::Failure failure) override;

  std::uint32_t node_;
  dataflow::OperatorHost host_;
  InstanceCounters& counters_;
  std::shared_ptr<const Directory> directory_;
  std::unordered_map<std::uint64_t, caf::response_promise> asks_;
  std::uint64_t next_ask_ = 0;
  std::uint64_t records_out_ = 0;
  // Input records that are in the counts of the checkpoint folder.
  std::uint64_t counted_inputs_ = 0;
  int events_ = 0;
  bool continuing_ = false;
  // Of a source that waits for its frontier: whether it is to be told that time has passed, and the
  // frontier's moves when it began to wait.
  bool waiting_ = false;
  std::uint64_t moves_seen_ = 0;
  // Of a source with a rate: when it was last allowed to read, and the part of a record left over.
  std::chrono::steady_clock::time_point allowed_at_;
  double allowance_ = 0;
};

}  // namespace eagre::actors
