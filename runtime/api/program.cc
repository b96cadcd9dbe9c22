#include "runtime/api/program.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/api/builder.h"
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

Program build(const std::function<void(Scope&)>& define) {
  auto builder = std::make_shared<Builder>();
  Scope scope(builder, 0);
  define(scope);
  return builder->finish();
}

base::Result<Deployment> Deployment::make(const plan::Plan& plan, const RunSettings& settings) {
  base::Result<plan::Layout> layout = plan::lay_out(plan);
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
  if (plan_.nodes[node].feedback) {
    return 0;
  }
  std::uint64_t senders = 0;
  for (std::uint32_t i = 0; i < plan_.nodes[node].inputs.size(); ++i) {
    senders +=
        edge(channel_into(node, i)).pact.kind() == data::PactKind::pipeline ? 1 : settings_.workers;
  }
  return std::max<std::uint64_t>(settings_.inbox_bytes / std::max<std::uint64_t>(senders, 1), 1);
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
  spec.epochs_in_order = planned.epochs_in_order;
  spec.batch_bytes = settings_.batch_bytes;
  for (std::uint32_t i = 0; i < planned.inputs.size(); ++i) {
    spec.inputs.push_back({.location = layout_.inputs[node][i],
                           .interest = planned.inputs[i],
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

std::vector<progress::Instance> Deployment::reporters() const {
  std::vector<progress::Instance> reporters;
  for (std::uint32_t node = 0; node < nodes(); ++node) {
    for (std::uint32_t worker = first_worker(); is_own(worker); ++worker) {
      progress::Instance& reporter = reporters.emplace_back();
      reporter.id = progress::ReporterId(instance(node, worker));
      for (std::uint32_t i = 0; i < plan_.nodes[node].inputs.size(); ++i) {
        reporter.inputs.push_back({layout_.inputs[node][i], plan_.nodes[node].inputs[i]});
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
