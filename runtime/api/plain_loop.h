// Runs a whole dataflow in the calling thread: hosts without actors, events in an order drawn from
// a seed. Two messages between the same pair keep their order, as between actors; everything else
// may happen in any order. For tests of the runtime and of users' operators: what fails under a
// seed fails again under it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/api/checkpoint.h"
#include "runtime/api/program.h"
#include "runtime/base/status.h"

namespace eagre::api {

struct PlainLoopOptions {
  RunSettings run;
  std::uint64_t seed = 1;
  // Audits the whole dataflow (loop_audit.h) after so many events; 0: never.
  std::uint64_t audit_every = 0;
  // Begins a checkpoint after so many events; 0: never. One of `abort_one_in` is given up (0:
  // none).
  std::uint64_t checkpoint_every = 0;
  std::uint64_t abort_one_in = 0;
  // Stops dead after so many events, as a process that is killed; 0: never.
  std::uint64_t stop_after = 0;
  // Goes on from here: same plan.
  std::shared_ptr<const Checkpoint> restored{};
};

// What becomes of a message.
enum class Fate { arrives, is_lost, arrives_twice };

// Looks at every message on its way, and may do it harm: for faults injected on purpose.
// Threads: confined to the loop's thread.
class LoopObserver {
 public:
  virtual ~LoopObserver() = default;
  // What progress is to believe of the plan, before anything runs; instances keep to the real one.
  virtual void plan(plan::Plan& /*believed*/) {}
  // A batch is about to arrive at an instance; a report at the progress aggregator; a frontier at
  // an instance. Each may be changed.
  virtual Fate data(std::uint32_t /*channel*/, std::uint32_t /*worker*/, data::Batch& /*batch*/) {
    return Fate::arrives;
  }
  virtual Fate report(progress::ProgressBatch& /*batch*/) { return Fate::arrives; }
  virtual Fate frontier(std::uint32_t /*node*/, std::uint32_t /*worker*/,
                        progress::FrontierUpdate& /*update*/) {
    return Fate::arrives;
  }
  // The boundary of a checkpoint is about to be announced.
  virtual void boundary(std::uint64_t& /*epoch*/) {}
};

// Threads: confined to one thread.
class PlainLoop final : public Driver {
 public:
  PlainLoop(Program program, const PlainLoopOptions& options, LoopObserver* observer = nullptr);
  ~PlainLoop() override;

  // Runs the driving function and then everything to the end. Fails as execute() would; a dataflow
  // that can do nothing more and is not complete is an error that says what it waits for.
  base::Status run();

  // The last checkpoint that was completed, or the one that it was restored from; null: none.
  std::shared_ptr<const Checkpoint> last_checkpoint() const;
  bool was_stopped() const;

  // Driver.
  std::uint32_t workers() const override;
  std::uint32_t first_worker() const override { return 0; }
  std::uint32_t own_workers() const override { return workers(); }
  bool leads() const override { return true; }
  void feed(std::uint32_t node, std::uint32_t worker, dataflow::Feed feed) override;
  const progress::Antichain& frontier(std::uint32_t probe) override;
  void wait_until(std::uint32_t probe, const progress::Time& time) override;
  std::shared_ptr<const void> actor(std::uint32_t node, std::uint32_t worker) override;
  base::Result<data::Batch> ask(std::uint32_t node, std::uint32_t worker,
                                data::Batch request) override;

  // Calls of run() that had work, over all instances of a node.
  std::uint64_t activations(std::uint32_t node) const;
  // Events so far.
  std::uint64_t steps() const;
  // The most bytes under way that an audit has seen (LoopAudit::bytes_under_way).
  std::uint64_t most_bytes_under_way() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eagre::api
