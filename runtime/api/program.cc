#include "runtime/api/program.h"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/api/builder.h"
#include "runtime/api/dead_letters.h"
#include "runtime/api/scope.h"

namespace eagre::api {

std::unique_ptr<dataflow::Operator> OperatorFactory::operator()(std::uint32_t worker,
                                                                std::uint32_t workers) const {
  std::unique_ptr<dataflow::Operator> made = make(worker, workers);
  for (const StageMaker& stage : stages) {
    made->fuse(stage(worker, workers));
  }
  return made;
}

Program build(const std::function<void(Scope&)>& define, std::optional<std::uint64_t> epoch_records,
              bool dead_letters) {
  auto builder = std::make_shared<Builder>(epoch_records, dead_letters);
  Scope scope(builder, 0);
  try {
    define(scope);
    if (dead_letters) {
      gather_dead_letters(builder);
    }
  } catch (...) {
    builder->discard();
    throw;
  }
  return builder->finish();
}

namespace {

// Whether boundaries can be drawn: epochs must come from sources that can be asked.
base::Status check_sources(const plan::Plan& plan) {
  for (const plan::Node& node : plan.nodes) {
    if (node.polls && plan.scopes[node.scope].coordinates != 1) {
      return {
          base::Code::usage,
          fmt::format("no checkpoints can be taken: source \"{}\" is inside a loop", node.name)};
    }
    if (!node.polls && node.inputs.empty()) {
      return {base::Code::usage,
              fmt::format("no checkpoints can be taken: what the program feeds to input \"{}\" "
                          "could not be fed again after a failure; use a source instead",
                          node.name)};
    }
  }
  return {};
}

}  // namespace

base::Status note_recovery(Program& program) {
  try {
    for (std::size_t i = 0; i < program.plan.nodes.size(); ++i) {
      plan::Node& node = program.plan.nodes[i];
      if (!node.polls) {
        node.recovers = !node.inputs.empty() && program.factories[i](0, 1)->recovers();
      }
    }
  } catch (...) {
    return operator_not_made();
  }
  return {};
}

base::Status check_recovers(const Deployment& deployment, std::uint32_t node,
                            const dataflow::Operator& op, const Checkpoint* restored) {
  const std::string& name = deployment.name(node);
  if (!op.recovers() && deployment.is_source(node)) {
    return {base::Code::usage,
            fmt::format("no checkpoints can be taken: source \"{}\" cannot read again what it has "
                        "read, such as stdin, a pipe, or what a pull function without save() and "
                        "restore() gives",
                        name)};
  }
  if (!op.recovers()) {
    return {base::Code::usage,
            fmt::format("no checkpoints can be taken: operator \"{}\" keeps its state to itself; "
                        "docs/checkpoints.md says which operators can be restored, and how yours "
                        "can be",
                        name)};
  }
  const std::uint32_t workers = deployment.settings().workers;
  if (restored != nullptr && restored->workers != workers && !op.rescales() &&
      !deployment.is_gathered(node)) {
    return {
        base::Code::checkpoint,
        fmt::format("the checkpoint was taken with {} workers in all, and operator \"{}\" cannot "
                    "be restored with {}: what it keeps belongs to workers, not to keys",
                    restored->workers, name, workers)};
  }
  return {};
}

base::Result<Deployment> Deployment::make(const plan::Plan& plan, const RunSettings& settings) {
  if (settings.checkpoints) {
    if (base::Status status = check_sources(plan); !status.ok()) {
      return status;
    }
  }
  base::Result<plan::Layout> layout =
      plan::lay_out(plan, settings.checkpoints ? plan::Clock::epochs : plan::Clock::none);
  if (!layout.ok()) {
    return layout.status();
  }
  Deployment deployment;
  deployment.plan_ = plan;
  deployment.layout_ = std::move(layout.value());
  deployment.settings_ = settings;
  for (const plan::Node& node : plan.nodes) {
    deployment.channels_into_.emplace_back(node.inputs.size());
    deployment.channels_from_.emplace_back();
  }
  for (std::uint32_t channel = 0; channel < plan.edges.size(); ++channel) {
    const plan::Edge& edge = plan.edges[channel];
    deployment.channels_into_[edge.to][edge.input] = channel;
    deployment.channels_from_[edge.from].push_back(channel);
  }
  for (std::uint32_t node = 0; node < deployment.nodes(); ++node) {
    deployment.windows_.push_back(deployment.compute_window(node));
  }
  return deployment;
}

// An instance's inbox budget is shared evenly by the instances that send to it, so that no edge
// and no sender can take another's room. The edge that closes a loop has no bound: the loop's own
// records must always be able to leave it.
std::uint64_t Deployment::compute_window(std::uint32_t node) const {
  if (plan_.nodes[node].feedback || plan_.nodes[node].paced) {
    return 0;
  }
  std::uint64_t senders = 0;
  for (std::uint32_t i = 0; i < plan_.nodes[node].inputs.size(); ++i) {
    senders +=
        edge(channel_into(node, i)).pact.kind() == data::PactKind::pipeline ? 1 : settings_.workers;
  }
  return std::max<std::uint64_t>(settings_.inbox_bytes / std::max<std::uint64_t>(senders, 1), 1);
}

bool Deployment::is_gathered(std::uint32_t node) const {
  // The input by which a source hears of its slowest instance is no edge's.
  bool any = false;
  for (const plan::Edge& edge : plan_.edges) {
    if (edge.to == node) {
      any = true;
      if (edge.pact.kind() != data::PactKind::gather) {
        return false;
      }
    }
  }
  return any;
}

dataflow::Restored Deployment::restored(const Checkpoint& from, std::uint32_t node,
                                        std::uint32_t worker) const {
  // Nothing is what no operator has kept: it is told so when it reads it.
  static const data::Snapshot kNothing;
  const auto of = [&](std::uint32_t other) {
    const std::size_t instance = std::size_t{node} * from.workers + other;
    return instance < from.snapshots.size() ? &from.snapshots[instance] : &kNothing;
  };
  if (from.workers == settings_.workers) {
    return {{of(worker), {}}};
  }
  dataflow::Restored parts;
  if (is_gathered(node)) {
    if (worker == 0) {
      parts.push_back({of(0), {}});
    }
    return parts;
  }
  for (std::uint32_t other = 0; other < from.workers; ++other) {
    parts.push_back({of(other), {other, worker, settings_.workers, false}});
  }
  return parts;
}

dataflow::HostSpec Deployment::host(std::uint32_t node, std::uint32_t worker) const {
  const plan::Node& planned = plan_.nodes.at(node);
  dataflow::HostSpec spec;
  spec.name = planned.name;
  spec.worker = worker;
  spec.workers = settings_.workers;
  spec.coordinates = plan_.scopes[planned.scope].coordinates;
  spec.generation = settings_.generation;
  spec.reporter = progress::ReporterId(instance(node, worker));
  spec.polls = planned.polls;
  if (spec.polls && settings_.rate != 0) {
    spec.rate = static_cast<double>(settings_.rate) / static_cast<double>(sources().size());
  }
  spec.epochs_in_order = planned.epochs_in_order;
  spec.event_time = plan::has_event_time(plan_, planned.scope);
  spec.isolates = plan_.isolates;
  spec.batch_bytes = settings_.batch_bytes;
  spec.checkpoints = settings_.checkpoints.has_value();
  spec.interval = settings_.checkpoints ? settings_.checkpoints->interval : 0;
  for (std::uint32_t i = 0; i < planned.inputs.size(); ++i) {
    spec.inputs.push_back({.location = layout_.inputs[node][i],
                           .interest = interest(planned, i),
                           .window = windows_[node]});
  }
  for (std::uint32_t i = 0; i < planned.outputs; ++i) {
    spec.outputs.push_back(
        {.location = layout_.outputs[node][i], .edges = {}, .taps = planned.taps});
  }
  for (const plan::Stage& stage : planned.stages) {
    spec.stages.push_back({stage.name, stage.output, stage.from, stage.first});
    std::uint32_t& taps = spec.outputs[stage.output].taps;
    taps = std::max(taps, stage.first + stage.taps);
  }
  for (const plan::Internal& internal : planned.internals) {
    spec.internals.push_back({internal.input, internal.output, internal.summary});
  }
  for (const std::uint32_t channel : channels_from_[node]) {
    const plan::Edge& edge = plan_.edges[channel];
    const std::uint64_t credit = windows_[edge.to];
    spec.outputs[edge.output].edges.push_back({.channel = channel,
                                               .target = layout_.inputs[edge.to][edge.input],
                                               .pact = edge.pact,
                                               .summary = edge.summary,
                                               .window = credit,
                                               .tap = edge.tap});
    // What one activation sends beyond its credit is a batch or so: a small part of the window.
    if (credit != 0) {
      spec.batch_bytes = std::min<std::size_t>(
          spec.batch_bytes, std::max<std::size_t>(static_cast<std::size_t>(credit / 16), 512));
    }
  }
  return spec;
}

// Where checkpoints are taken, every instance must hear when its frontier passes the boundary.
progress::Interest Deployment::interest(const plan::Node& node, std::uint32_t input) const {
  return settings_.checkpoints && !node.polls ? progress::Interest::always : node.inputs[input];
}

progress::EpochClock Deployment::clock() const {
  std::vector<progress::Location> sources;
  for (std::uint32_t node = 0; node < nodes(); ++node) {
    if (plan_.nodes[node].polls) {
      sources.push_back(layout_.outputs[node][0]);
    }
  }
  return progress::EpochClock(layout_.clock.value(), std::move(sources),
                              settings_.checkpoints.value().epoch);
}

std::vector<std::uint32_t> Deployment::sources() const {
  std::vector<std::uint32_t> sources;
  for (std::uint32_t node = 0; node < nodes(); ++node) {
    for (std::uint32_t worker = 0; plan_.nodes[node].polls && worker < settings_.workers;
         ++worker) {
      sources.push_back(instance(node, worker));
    }
  }
  return sources;
}

std::vector<progress::Instance> Deployment::reporters() const {
  std::vector<progress::Instance> reporters;
  for (std::uint32_t node = 0; node < nodes(); ++node) {
    for (std::uint32_t worker = first_worker(); is_own(worker); ++worker) {
      progress::Instance& reporter = reporters.emplace_back();
      reporter.id = progress::ReporterId(instance(node, worker));
      for (std::uint32_t i = 0; i < plan_.nodes[node].inputs.size(); ++i) {
        reporter.inputs.push_back({layout_.inputs[node][i], interest(plan_.nodes[node], i)});
      }
      reporter.outputs = layout_.outputs[node];
    }
  }
  return reporters;
}

base::Status operator_not_made() {
  const std::string what = "an operator could not be made: ";
  try {
    throw;
  } catch (const std::exception& error) {
    return {base::Code::failed, what + error.what()};
  } catch (...) {
    return {base::Code::failed, what + "an exception that is no std::exception"};
  }
}

base::Status drive(Program& program, Driver& driver) {
  program.slot->driver = &driver;
  base::Status status;
  try {
    if (program.drive && driver.leads()) {
      program.drive();
    }
    for (const std::shared_ptr<InputFeed>& input : program.inputs) {
      input->close();
    }
  } catch (const DataflowStopped& stopped) {
    status = base::Status(base::Code::cancelled, stopped.what());
  } catch (const dataflow::InputError& error) {
    status = base::Status(base::Code::input, error.what());
  } catch (const dataflow::MisuseError& error) {
    status = base::Status(base::Code::usage, error.what());
  } catch (const std::exception& error) {
    status = base::Status(base::Code::failed,
                          std::string("the driving program failed: ") + error.what());
  } catch (...) {
    status = base::Status(base::Code::failed,
                          "the driving program failed: an exception that is no std::exception");
  }
  program.slot->driver = nullptr;
  return status;
}

}  // namespace eagre::api
