// Fuzz target: what joined nodes tell the leader, in its tracker and its coordinator of
// checkpoints. Numbers in sequence are put in, so that what is told gets past them. Nothing breaks
// an invariant, and what is refused once is refused for good.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/control/checkpoint_coordinator.h"
#include "runtime/progress/aggregator.h"
#include "tests/fuzz/messages.h"

namespace {

using namespace eagre::control;
namespace progress = eagre::progress;
using progress::Location;
using progress::PathSummary;

constexpr progress::Generation kNow{1};
constexpr std::uint32_t kNodes = 3;

// source -> loop (body, feedback) -> sink; locations from 0 on in this order: those of the source,
// the body (in, back, out), the feedback (in, out) and the sink.
struct Graph {
  Graph() {
    const auto inner = topology.add_scope(topology.root(), "loop");
    const auto source = topology.add_node(topology.root(), "source");
    const auto body = topology.add_node(inner, "body");
    const auto feedback = topology.add_node(inner, "feedback");
    const auto sink = topology.add_node(topology.root(), "sink");
    out = topology.add_output(source);
    in = topology.add_input(body);
    const Location back = topology.add_input(body);
    body_out = topology.add_output(body);
    const Location feedback_in = topology.add_input(feedback);
    const Location feedback_out = topology.add_output(feedback);
    end = topology.add_input(sink);
    topology.add_internal(in, body_out, PathSummary::identity(2));
    topology.add_internal(back, body_out, PathSummary::identity(2));
    topology.add_internal(feedback_in, feedback_out, PathSummary::advance(2, 1, 1));
    topology.add_edge(out, in, PathSummary::enter(1));
    topology.add_edge(body_out, feedback_in, PathSummary::identity(2));
    topology.add_edge(feedback_out, back, PathSummary::identity(2));
    topology.add_edge(body_out, end, PathSummary::leave(2));
  }
  std::vector<progress::Instance> instances() const {
    return {{progress::ReporterId(0), {}, {out}},
            {progress::ReporterId(1), {{in, progress::Interest::while_holding}}, {body_out}},
            {progress::ReporterId(2), {{end, progress::Interest::always}}, {}}};
  }
  progress::Topology topology;
  Location out, in, body_out, end;
};

class Leader {
 public:
  Leader() : aggregator_(graph_.topology, kNow, graph_.instances(), {}, kNodes) {
    for (std::uint32_t reporter = 0; reporter < 3; ++reporter) {
      aggregator_.apply(progress::ProgressBatch{kNow, progress::ReporterId(reporter), 0, {}});
    }
    coordinator_.begin();
  }

  void take(ProgressSum& sum) {
    const std::uint32_t node = 1 + sum.process.value() % (kNodes - 1);
    sum.generation = kNow;
    sum.process = progress::ProcessId(node);
    sum.sequence = next_[node];
    next_[node] += aggregator_.apply(sum).ok() ? 1U : 0U;
    const bool was_wrong = aggregator_.wrong().has_value();
    bool told = false;
    aggregator_.publish([&](progress::ReporterId, const progress::FrontierUpdate&) { told = true; },
                        [&](const progress::FrontierDelta&) { told = true; });
    EAGRE_CHECK(!told || !aggregator_.wrong(), "frontiers were told after wrong progress");
    EAGRE_CHECK(!was_wrong || aggregator_.wrong(), "what was wrong is right");
  }

  // The number of the node is in the low bits of the hash, that of the checkpoint is next to the
  // open one.
  void take(Checkpoint& step) {
    const std::uint64_t open = coordinator_.open().value_or(0);
    const auto node = static_cast<std::uint32_t>(step.hash % (kNodes + 1));
    const std::uint64_t interval = step.interval < 4 ? open + step.interval - 1 : step.interval;
    if (step.step == Checkpoint::Step::source_at) {
      const auto all = coordinator_.answered(node, interval, step.epoch);
      if (all.ok() && *all) {
        EAGRE_CHECK(coordinator_.decide(0) + 1 != 0, "a boundary in the last epoch");
      }
    } else if (step.step == Checkpoint::Step::saved) {
      const auto saved = coordinator_.saved(node, interval);
      if (saved.ok() && *saved == CheckpointCoordinator::Saved::all) {
        coordinator_.complete();
        coordinator_.begin();
      }
    } else if (step.step == Checkpoint::Step::not_saved) {
      const auto counts = coordinator_.not_saved(node, interval);
      if (counts.ok() && *counts) {
        coordinator_.abort();
        coordinator_.begin();
      }
    }
  }

  template <class Other>
  void take(const Other&) {}

 private:
  Graph graph_;
  progress::Aggregator aggregator_;
  CheckpointCoordinator coordinator_{{1, 2, 0}, 0};
  std::uint64_t next_[kNodes] = {};
};

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Leader leader;
  for (Message& message : testing::messages_of(data, size)) {
    std::visit([&](auto& content) { leader.take(content); }, message);
  }
  return 0;
}
