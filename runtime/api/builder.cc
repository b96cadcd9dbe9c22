#include "runtime/api/builder.h"

#include <fmt/core.h>

#include <utility>

#include "runtime/base/check.h"
#include "runtime/dataflow/stage_operator.h"
#include "runtime/progress/event_time.h"

namespace eagre::api {

void Builder::require_open() const {
  if (finished_) {
    throw dataflow::MisuseError(
        "a dataflow was added to after it was built: define all of it before it runs");
  }
}

Program Builder::finish() {
  require_open();
  finished_ = true;
  return std::move(program_);
}

void Builder::discard() {
  finished_ = true;
  program_ = {};
}

void Builder::set_drive(std::function<void()> driver) {
  require_open();
  if (program_.drive) {
    throw dataflow::MisuseError("drive() was called twice: one function drives a dataflow");
  }
  program_.drive = std::move(driver);
}

plan::ScopeIndex Builder::add_scope(plan::ScopeIndex parent, std::string name,
                                    plan::ScopeKind kind) {
  require_open();
  auto& scopes = program_.plan.scopes;
  const std::uint32_t appended = kind == plan::ScopeKind::region ? 0 : 1;
  scopes.push_back({.name = std::move(name),
                    .parent = parent,
                    .kind = kind,
                    .coordinates = scopes[parent].coordinates + appended});
  return static_cast<plan::ScopeIndex>(scopes.size() - 1);
}

plan::ScopeIndex Builder::event_time_scope() {
  if (!event_time_scope_) {
    event_time_scope_ = add_scope(0, "event time", plan::ScopeKind::event_time);
  }
  return *event_time_scope_;
}

bool Builder::has_event_time(plan::ScopeIndex scope) const {
  return coordinates(scope) == progress::kEventTime + 1 && is_inside_event_time(scope);
}

plan::NodeIndex Builder::add_operator(plan::ScopeIndex scope, std::string name,
                                      const std::vector<StreamEnd>& inputs,
                                      const OperatorTraits& traits, OperatorMaker make) {
  require_open();
  plan::Node node;
  node.name = std::move(name);
  node.scope = scope;
  node.inputs.assign(inputs.size(), traits.interest);
  node.outputs = traits.outputs;
  node.taps = traits.taps;
  node.polls = traits.polls;
  node.paced = traits.paced;
  if (node.paced) {
    node.inputs = {progress::Interest::while_holding};
  }
  node.epochs_in_order = traits.epochs_in_order;
  for (std::uint32_t input = 0; input < inputs.size(); ++input) {
    for (std::uint32_t output = traits.own_outputs; output < traits.outputs; ++output) {
      node.internals.push_back(
          {input, output, progress::PathSummary::identity(coordinates(scope))});
    }
  }
  taps_.emplace_back(node.outputs, node.taps);
  program_.plan.nodes.push_back(std::move(node));
  program_.factories.push_back({std::move(make), {}});
  const auto index = static_cast<plan::NodeIndex>(program_.plan.nodes.size() - 1);
  for (std::uint32_t input = 0; input < inputs.size(); ++input) {
    connect(inputs[input], index, input);
  }
  return index;
}

bool Builder::fuses(const StreamEnd& from) const {
  return !from.boundary && from.depth < kMaxDepth && from.pact.kind() == data::PactKind::pipeline &&
         from.scope == program_.plan.nodes.at(from.node).scope && from.summary.is_identity();
}

StreamEnd Builder::add_stage(const StreamEnd& from, std::string name, std::uint32_t taps,
                             StageMaker make) {
  require_open();
  if (!program_.plan.isolates) {
    return add_plain_stage(from, std::move(name), taps, std::move(make));
  }
  StreamEnd end = add_plain_stage(from, std::move(name), taps + 1, std::move(make));
  letters_.push_back(end);
  ++end.tap;
  return end;
}

StreamEnd Builder::add_plain_stage(const StreamEnd& from, std::string name, std::uint32_t taps,
                                   StageMaker make) {
  if (!fuses(from)) {
    const plan::NodeIndex node =
        add_operator(from.scope, std::move(name), {from}, {.taps = taps},
                     [make = std::move(make)](std::uint32_t worker, std::uint32_t workers) {
                       return std::make_unique<dataflow::StageOperator>(make(worker, workers));
                     });
    return output(node, 0);
  }
  std::uint32_t& next = taps_[from.node][from.output];
  StreamEnd end = from;
  end.tap = next;
  ++end.depth;
  program_.plan.nodes[from.node].stages.push_back({.name = std::move(name),
                                                   .output = from.output,
                                                   .from = from.tap,
                                                   .first = next,
                                                   .taps = taps});
  program_.factories[from.node].stages.push_back(std::move(make));
  next += taps;
  return end;
}

plan::NodeIndex Builder::add_feedback(plan::ScopeIndex scope, std::string name,
                                      OperatorMaker make) {
  require_open();
  const std::uint32_t size = coordinates(scope);
  plan::Node node;
  node.name = std::move(name);
  node.scope = scope;
  node.inputs = {progress::Interest::never};
  node.outputs = 1;
  node.feedback = true;
  node.internals.push_back({0, 0, progress::PathSummary::advance(size, size - 1, 1)});
  taps_.emplace_back(node.outputs, node.taps);
  program_.plan.nodes.push_back(std::move(node));
  program_.factories.push_back({std::move(make), {}});
  return static_cast<plan::NodeIndex>(program_.plan.nodes.size() - 1);
}

void Builder::connect(const StreamEnd& from, plan::NodeIndex to, std::uint32_t input) {
  require_open();
  const plan::Node& target = program_.plan.nodes.at(to);
  if (from.scope != target.scope) {
    throw dataflow::MisuseError(fmt::format(
        "operator \"{}\" in scope \"{}\" was given a stream of scope \"{}\": use enter() and "
        "leave() to bring it there",
        target.name, scope_name(target.scope), scope_name(from.scope)));
  }
  if (target.feedback && !closed_loops_.insert(to).second) {
    throw dataflow::MisuseError(fmt::format("the loop \"{}\" was connected twice", target.name));
  }
  program_.plan.edges.push_back({.from = from.node,
                                 .output = from.output,
                                 .tap = from.tap,
                                 .to = to,
                                 .input = input,
                                 .pact = from.pact,
                                 .summary = from.summary,
                                 .layout = from.layout});
}

std::uint32_t Builder::add_probe(plan::ScopeIndex scope) {
  require_open();
  program_.probes.push_back(coordinates(scope));
  return static_cast<std::uint32_t>(program_.probes.size() - 1);
}

StreamEnd Builder::output(plan::NodeIndex node, std::uint32_t output) const {
  const plan::ScopeIndex scope = program_.plan.nodes[node].scope;
  return {.node = node,
          .output = output,
          .scope = scope,
          .summary = progress::PathSummary::identity(coordinates(scope)),
          .pact = data::Pact::pipeline()};
}

StreamEnd Builder::enter(StreamEnd stream, plan::ScopeIndex scope) const {
  require_open();
  const plan::Scope& target = program_.plan.scopes[scope];
  if (scope == 0 || target.parent != stream.scope) {
    throw dataflow::MisuseError(
        fmt::format("a stream of scope \"{}\" cannot enter scope \"{}\", which is not inside it",
                    scope_name(stream.scope), target.name));
  }
  if (target.kind != plan::ScopeKind::region) {
    stream.summary =
        *stream.summary.followed_by(progress::PathSummary::enter(coordinates(stream.scope)));
  }
  stream.scope = scope;
  return stream;
}

StreamEnd Builder::leave(StreamEnd stream) const {
  require_open();
  if (stream.scope == 0) {
    throw dataflow::MisuseError("a stream of the dataflow's outermost scope cannot leave it");
  }
  const plan::Scope& scope = program_.plan.scopes[stream.scope];
  if (scope.kind != plan::ScopeKind::region) {
    stream.summary =
        *stream.summary.followed_by(progress::PathSummary::leave(coordinates(stream.scope)));
  }
  stream.scope = scope.parent;
  return stream;
}

}  // namespace eagre::api
