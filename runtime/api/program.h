// A dataflow ready to be run: the plan, how to make each operator's instances, and the function
// that drives it. And what a run of it with W workers looks like, as plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/api/checkpoint.h"
#include "runtime/api/driver.h"
#include "runtime/api/input_handle.h"
#include "runtime/base/status.h"
#include "runtime/dataflow/host_spec.h"
#include "runtime/dataflow/operator.h"
#include "runtime/dataflow/restored.h"
#include "runtime/plan/layout.h"
#include "runtime/plan/plan.h"
#include "runtime/progress/aggregator.h"
#include "runtime/progress/epoch_clock.h"

namespace eagre::api {

class Scope;

// Make what a worker runs. Called once a worker, on the thread that starts the dataflow.
using OperatorMaker =
    std::function<std::unique_ptr<dataflow::Operator>(std::uint32_t worker, std::uint32_t workers)>;
using StageMaker =
    std::function<std::unique_ptr<dataflow::AnyStage>(std::uint32_t worker, std::uint32_t workers)>;

// Makes an operator's instances, each with the stages that are fused to it, in the order of the
// plan.
// Threads: value.
struct OperatorFactory {
  std::unique_ptr<dataflow::Operator> operator()(std::uint32_t worker, std::uint32_t workers) const;
  OperatorMaker make;
  std::vector<StageMaker> stages;
};

// Threads: value until it runs.
struct Program {
  plan::Plan plan;
  // By node.
  std::vector<OperatorFactory> factories;
  // Coordinates of the times that each probe sees.
  std::vector<std::uint32_t> probes;
  std::shared_ptr<DriverSlot> slot = std::make_shared<DriverSlot>();
  std::vector<std::shared_ptr<InputFeed>> inputs;
  // What the dataflow writes, one part a writing operator, in the order of the program.
  std::vector<std::shared_ptr<std::string>> results;
  // A line for each record that was left out, in parts; no parts where none is.
  std::vector<std::shared_ptr<std::string>> dead_letters;
  // Runs in the calling thread while the dataflow runs; may be empty.
  std::function<void()> drive;
};

// The program that `define` writes. What it throws passes through. `epoch_records`: what
// Scope::epoch_records() says; none: the program's own number. `dead_letters`: records for which a
// stage throws are left out.
Program build(const std::function<void(Scope&)>& define,
              std::optional<std::uint64_t> epoch_records = std::nullopt, bool dead_letters = false);

// Notes in the plan which operators can be restored. One instance of each is made for that, but of
// sources, which look at their input when they are made.
base::Status note_recovery(Program& program);

// Where a dataflow that takes checkpoints begins.
struct CheckpointStart {
  // The number of its first checkpoint, and the least epoch of its sources.
  std::uint64_t interval = 0;
  std::uint64_t epoch = 0;
};

// A dataflow may run over several processes, each with as many workers. Workers are numbered over
// all of them: process p has those from p * (workers / processes) on.
struct RunSettings {
  // Of all processes.
  std::uint32_t workers = 1;
  std::uint32_t processes = 1;
  // This one.
  std::uint32_t process = 0;
  std::uint64_t inbox_bytes = 4 * 1024 * 1024;
  std::size_t batch_bytes = 64 * 1024;
  progress::Generation generation{1};
  // Input records a second that all sources together may read; 0: any number.
  std::uint64_t rate = 0;
  // None: no checkpoints are taken.
  std::optional<CheckpointStart> checkpoints{};
};

// Computes instances from a plan: locations, channels, credit windows, reporters.
// Threads: value.
class Deployment {
 public:
  // Refuses a plan that is not valid, or of which no checkpoints can be taken though they should.
  static base::Result<Deployment> make(const plan::Plan& plan, const RunSettings& settings);

  const plan::Layout& layout() const { return layout_; }
  const RunSettings& settings() const { return settings_; }
  std::uint32_t nodes() const { return static_cast<std::uint32_t>(plan_.nodes.size()); }
  const std::string& name(std::uint32_t node) const { return plan_.nodes.at(node).name; }
  std::uint32_t channels() const { return static_cast<std::uint32_t>(plan_.edges.size()); }
  const plan::Edge& edge(std::uint32_t channel) const { return plan_.edges.at(channel); }
  // The edge into an input port.
  std::uint32_t channel_into(std::uint32_t node, std::uint32_t input) const {
    return channels_into_.at(node).at(input);
  }

  // Whether nothing leads on from the node.
  bool is_end(std::uint32_t node) const { return channels_from_.at(node).empty(); }

  // Instances are numbered node by node, worker by worker.
  std::uint32_t instance(std::uint32_t node, std::uint32_t worker) const {
    return node * settings_.workers + worker;
  }
  std::uint32_t instances() const { return nodes() * settings_.workers; }

  // The workers of this process: `own_workers` from `first_worker` on.
  std::uint32_t own_workers() const { return settings_.workers / settings_.processes; }
  std::uint32_t first_worker() const { return settings_.process * own_workers(); }
  std::uint32_t process_of(std::uint32_t worker) const { return worker / own_workers(); }
  bool is_own(std::uint32_t worker) const { return process_of(worker) == settings_.process; }

  dataflow::HostSpec host(std::uint32_t node, std::uint32_t worker) const;
  bool is_source(std::uint32_t node) const { return plan_.nodes.at(node).polls; }
  // Whether everything that comes to the node comes to worker 0.
  bool is_gathered(std::uint32_t node) const;
  // What an instance takes back from a checkpoint of the same plan, which it refers to.
  dataflow::Restored restored(const Checkpoint& from, std::uint32_t node,
                              std::uint32_t worker) const;
  // The instances of this process, as progress knows them.
  std::vector<progress::Instance> reporters() const;
  // Where checkpoints are taken: the clock that frontiers keep to, and the instances of sources of
  // all processes.
  progress::EpochClock clock() const;
  std::vector<std::uint32_t> sources() const;

 private:
  Deployment() = default;
  progress::Interest interest(const plan::Node& node, std::uint32_t input) const;
  std::uint64_t compute_window(std::uint32_t node) const;

  plan::Plan plan_;
  plan::Layout layout_;
  RunSettings settings_;
  // Channels by the node (and input) they lead to, and by the node they come from.
  std::vector<std::vector<std::uint32_t>> channels_into_;
  std::vector<std::vector<std::uint32_t>> channels_from_;
  // Credit window of each edge into a node.
  std::vector<std::uint64_t> windows_;
};

// Of a dataflow that takes checkpoints: refuses (Code::usage) an operator that cannot be restored,
// and (Code::checkpoint) one that cannot be from this checkpoint, which may be null.
base::Status check_recovers(const Deployment& deployment, std::uint32_t node,
                            const dataflow::Operator& op, const Checkpoint* restored);

// What a factory's exception means for the dataflow. For use in a catch block.
base::Status operator_not_made();

// Runs the driving function and closes all inputs. Errors of the user's code come back as a Status
// (cancelled when the dataflow stopped under it).
base::Status drive(Program& program, Driver& driver);

}  // namespace eagre::api
