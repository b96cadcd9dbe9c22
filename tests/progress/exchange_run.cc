// A run as a whole: how it is set up, the order of its steps, and its end.
#include "tests/progress/exchange_run.h"

#include <utility>

namespace eagre::progress {

ExchangeRun::ExchangeRun(const Topology& topology, RunOptions options, Choices& choices)
    : options_(options),
      choices_(choices),
      topology_(topology),
      model_(topology, topology.nodes().size() * options.workers, options.readers),
      readers_(options.readers) {
  std::vector<Instance> described;
  for (std::uint32_t n = 0; n < topology_.nodes().size(); ++n) {
    const Node& node = topology_.node(NodeId(n));
    for (std::uint32_t worker = 0; worker < options_.workers; ++worker) {
      const std::size_t w = instances_.size();
      const ReporterId id(static_cast<std::uint32_t>(w));
      InstanceState state{
          NodeId(n),
          std::make_shared<CapabilityLedger>(node.name, worker, NodePaths(topology_, NodeId(n))),
          Reporter(kGeneration, id, options_.withholding),
          {},
          {},
          {},
          {}};
      Instance description{id, {}, node.outputs};
      for (Location input : node.inputs) {
        const Interest interest = std::vector{Interest::always, Interest::while_holding,
                                              Interest::never}[choices.below(3)];
        description.inputs.push_back(InputPort{input, interest});
        state.inputs.push_back(InputState{
            input, interest, FrontierView(kGeneration, topology_.coordinates(input)), {}});
      }
      described.push_back(std::move(description));
      // Sources start with a capability, others now and then.
      for (Location output : node.outputs) {
        if (!node.inputs.empty() && !choices.one_in(4)) continue;
        const Time time = maybe_later(Time::minimum(topology_.coordinates(output)));
        state.held.push_back(state.ledger->initial(output, time));
        model_.initially_hold(w, {output, time});
      }
      instances_.push_back(std::move(state));
    }
  }
  unlucky_ = choices.below(instances_.size());
  const Topology told = declared(choices);
  // The audits look everywhere.
  std::vector<Location> everywhere;
  for (std::uint32_t l = 0; l < told.locations(); ++l) everywhere.emplace_back(l);
  for (ReaderState& reader : readers_) {
    reader.aggregator = std::make_unique<Aggregator>(told, kGeneration, described, everywhere);
    reader.routes.resize(instances_.size());
    reader.renumbered.resize(instances_.size(), 0);
    reader.told.resize(instances_.size());
    reader.held.resize(instances_.size(), 0);
    for (std::size_t w = 0; w < instances_.size(); ++w) {
      for (const InputState& input : instances_[w].inputs) {
        reader.told[w].push_back(FrontierUpdate{
            kGeneration, 0, 0, {Time::minimum(topology_.coordinates(input.location))}});
      }
      if (faulty(Fault::frontier_before_barrier)) {
        reader.aggregator->apply(
            ProgressBatch{kGeneration, ReporterId(static_cast<std::uint32_t>(w)), 0, {}});
        reader.renumbered[w] = 1;
        planted_ = true;
      }
    }
  }
}

// What the readers are told about the graph.
Topology ExchangeRun::declared(Choices& choices) {
  if (!faulty(Fault::wrong_summary) || topology_.internals().empty()) return topology_;
  const std::size_t wrong = choices.below(topology_.internals().size());
  Topology told;
  for (std::size_t s = 1; s < topology_.scopes().size(); ++s) {
    told.add_scope(topology_.scopes()[s].parent, topology_.scopes()[s].name);
  }
  for (const Node& node : topology_.nodes()) told.add_node(node.scope, node.name);
  for (const Port& port : topology_.ports()) {
    if (port.is_input) {
      told.add_input(port.node);
    } else {
      told.add_output(port.node);
    }
  }
  for (std::size_t i = 0; i < topology_.internals().size(); ++i) {
    const Path& path = topology_.internals()[i];
    const std::size_t n = path.summary.inputs();
    told.add_internal(
        path.from, path.to,
        i == wrong ? *path.summary.followed_by(PathSummary::advance(n, 0, 1)) : path.summary);
  }
  for (const Path& edge : topology_.edges()) told.add_edge(edge.from, edge.to, edge.summary);
  planted_ = true;
  return told;
}

bool ExchangeRun::plant(Fault fault, std::size_t one_in) {
  if (!faulty(fault) || (one_in > 1 && !choices_.one_in(one_in))) return false;
  planted_ = true;
  return true;
}

void ExchangeRun::run() {
  while (!choices_.done()) {
    step();
    audit_safety();
  }
  finish();
}

void ExchangeRun::step() {
  const std::size_t w = choices_.below(instances_.size());
  const std::size_t r = choices_.below(readers_.size());
  switch (choices_.below(8)) {
    case 0:
    case 1:
    case 2:
      activate(w);
      break;
    case 3:
    case 4:
    case 5: {
      // A few of the instances that have something on their routes.
      std::size_t deliveries = 1 + choices_.below(6);
      for (std::size_t i = 0; i < instances_.size() && deliveries > 0; ++i) {
        const std::size_t from = (w + i) % instances_.size();
        if (readers_[r].routes[from].empty()) continue;
        deliver_progress(r, from);
        --deliveries;
      }
      if (choices_.one_in(2)) publish(r);
      break;
    }
    case 6:
      publish(r);
      break;
    default: {
      std::vector<InputState>& inputs = instances_[w].inputs;
      if (inputs.empty()) break;
      const std::size_t input = choices_.below(inputs.size());
      if (inputs[input].on_the_way.empty()) break;
      deliver_frontier(w, input, choices_.below(inputs[input].on_the_way.size()));
    }
  }
}

void ExchangeRun::finish() {
  finishing_ = true;
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    while (!instances_[w].mailbox.empty()) receive(w);
    while (!instances_[w].held.empty()) drop(w, instances_[w].held.size() - 1);
    report(w, true);
    if (!instances_[w].kept_back.empty()) {
      post(w, ProgressBatch{kGeneration,
                            ReporterId(static_cast<std::uint32_t>(w)),
                            instances_[w].reporter.next_sequence(),
                            {}});
    }
  }
  for (std::size_t r = 0; r < readers_.size(); ++r) {
    for (std::size_t w = 0; w < instances_.size(); ++w) {
      while (!readers_[r].routes[w].empty()) {
        deliver_progress(r, w);
        publish(r);
        audit_safety();
      }
    }
    publish(r);
    audit_safety();
    const Aggregator& aggregator = *readers_[r].aggregator;
    require(aggregator.complete(),
            "all is done and nothing completes; blocked by " + aggregator.describe_blocked());
    for (std::uint32_t l = 0; l < topology_.locations(); ++l) {
      require(aggregator.frontier(Location(l)).empty(), "all is done and a frontier is not empty");
    }
  }
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    for (std::size_t i = 0; i < instances_[w].inputs.size(); ++i) {
      InputState& input = instances_[w].inputs[i];
      while (!input.on_the_way.empty()) {
        deliver_frontier(w, i, choices_.below(input.on_the_way.size()));
      }
      require(input.interest != Interest::always || input.view.frontier().empty(),
              "all is done and an input does not know");
    }
  }
  require(model_.rec().empty(), "the run itself left something behind");
}

}  // namespace eagre::progress
