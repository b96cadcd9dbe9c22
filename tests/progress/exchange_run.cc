// A run as a whole: how it is set up, the order of its steps, and its end.
#include "tests/progress/exchange_run.h"

#include <utility>

namespace eagre::progress {

ExchangeRun::ExchangeRun(const Topology& topology, RunOptions options, Choices& choices)
    : options_(options),
      choices_(choices),
      topology_(topology),
      model_(topology, topology.nodes().size() * workers(), options.readers),
      listened_(topology.locations(), false),
      readers_(options.readers) {
  add_instances();
  unlucky_ = choices.below(instances_.size());
  const Topology told = declared(choices);
  for (ReaderState& reader : readers_) {
    add_reader(reader, told);
  }
}

void ExchangeRun::add_instances() {
  for (std::uint32_t n = 0; n < topology_.nodes().size(); ++n) {
    const Node& node = topology_.node(NodeId(n));
    // All instances of a node have the same interests.
    std::vector<Interest> interests;
    for (Location input : node.inputs) {
      interests.push_back(std::vector{Interest::always, Interest::while_holding,
                                      Interest::never}[choices_.below(3)]);
      if (interests.back() != Interest::never) {
        listened_[input.value()] = true;
      }
    }
    for (std::uint32_t worker = 0; worker < workers(); ++worker) {
      const std::size_t w = instances_.size();
      const ReporterId id(static_cast<std::uint32_t>(w));
      InstanceState state{
          NodeId(n),
          std::make_shared<CapabilityLedger>(node.name, worker, NodePaths(topology_, NodeId(n))),
          WithholdingReporter(kGeneration, id, options_.withholding),
          {},
          {},
          {},
          {}};
      Instance description{id, {}, node.outputs};
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const Location input = node.inputs[i];
        description.inputs.push_back(InputPort{input, interests[i]});
        state.inputs.push_back(InputState{
            input, interests[i], FrontierView(kGeneration, topology_.coordinates(input)), {}});
      }
      described_.push_back(std::move(description));
      // Sources start with a capability, others now and then.
      for (Location output : node.outputs) {
        if (!node.inputs.empty() && !choices_.one_in(4)) {
          continue;
        }
        const Time time = maybe_later(Time::minimum(topology_.coordinates(output)));
        state.held.push_back(state.ledger->initial(output, time));
        model_.initially_hold(w, {output, time});
      }
      instances_.push_back(std::move(state));
    }
  }
}

void ExchangeRun::add_reader(ReaderState& reader, const Topology& told) {
  // The audits look everywhere.
  std::vector<Location> everywhere;
  for (std::uint32_t l = 0; l < told.locations(); ++l) {
    everywhere.emplace_back(l);
  }
  reader.processes.resize(options_.processes);
  for (std::size_t p = 0; p < options_.processes; ++p) {
    std::vector<Instance> here;
    for (std::size_t w = 0; w < instances_.size(); ++w) {
      if (process_of(w) == p) {
        here.push_back(described_[w]);
      }
    }
    if (p == 0) {
      reader.aggregator =
          std::make_unique<Aggregator>(told, kGeneration, here, everywhere, options_.processes);
    } else {
      const ProcessId id(static_cast<std::uint32_t>(p));
      reader.processes[p].consolidator =
          std::make_unique<Consolidator>(told, kGeneration, id, here);
      if (faulty(Fault::sum_before_registration)) {
        hear(reader, p, PostedSum{{kGeneration, id, 0, {}}, {}});
        planted_ = true;
      }
    }
  }
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
      const ProgressBatch early{kGeneration, ReporterId(static_cast<std::uint32_t>(w)), 0, {}};
      if (process_of(w) == 0) {
        reader.aggregator->apply(early);
      } else {
        reader.processes[process_of(w)].consolidator->apply(early);
      }
      reader.renumbered[w] = 1;
      planted_ = true;
    }
  }
}

// What the readers are told about the graph.
Topology ExchangeRun::declared(Choices& choices) {
  if (!faulty(Fault::wrong_summary) || topology_.internals().empty()) {
    return topology_;
  }
  const std::size_t wrong = choices.below(topology_.internals().size());
  Topology told;
  for (std::size_t s = 1; s < topology_.scopes().size(); ++s) {
    told.add_scope(topology_.scopes()[s].parent, topology_.scopes()[s].name);
  }
  for (const Node& node : topology_.nodes()) {
    told.add_node(node.scope, node.name);
  }
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
  for (const Path& edge : topology_.edges()) {
    told.add_edge(edge.from, edge.to, edge.summary);
  }
  planted_ = true;
  return told;
}

bool ExchangeRun::plant(Fault fault, std::size_t one_in) {
  if (!faulty(fault) || (one_in > 1 && !choices_.one_in(one_in))) {
    return false;
  }
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
  const bool alone = options_.processes == 1;
  switch (choices_.below(alone ? 8 : 12)) {
    case 0:
    case 1:
    case 2:
      activate(w);
      break;
    case 3:
    case 4:
    case 5:
      deliver_some_progress(r, w);
      if (choices_.one_in(2)) {
        publish(r, 0);
      }
      break;
    case 6:
      publish(r, 0);
      break;
    case 7: {
      std::vector<InputState>& inputs = instances_[w].inputs;
      if (inputs.empty()) {
        break;
      }
      const std::size_t input = choices_.below(inputs.size());
      if (inputs[input].on_the_way.empty()) {
        break;
      }
      deliver_frontier(w, input, choices_.below(inputs[input].on_the_way.size()));
      break;
    }
    default:
      step_between_processes(r, 1 + choices_.below(options_.processes - 1));
  }
}

void ExchangeRun::step_between_processes(std::size_t r, std::size_t p) {
  ProcessState& process = readers_[r].processes[p];
  switch (choices_.below(4)) {
    case 0:
      flush(r, p);
      break;
    case 1:
      for (std::size_t i = 1 + choices_.below(3); i > 0 && !process.sums.empty(); --i) {
        deliver_sum(r, p);
      }
      break;
    case 2:
      for (std::size_t i = 1 + choices_.below(3); i > 0 && !process.deltas.empty(); --i) {
        deliver_delta(r, p);
      }
      if (choices_.one_in(2)) {
        publish(r, p);
      }
      break;
    default:
      publish(r, p);
  }
}

// From a few of the instances that have something on their routes.
void ExchangeRun::deliver_some_progress(std::size_t r, std::size_t first) {
  std::size_t deliveries = 1 + choices_.below(6);
  for (std::size_t i = 0; i < instances_.size() && deliveries > 0; ++i) {
    const std::size_t from = (first + i) % instances_.size();
    if (readers_[r].routes[from].empty()) {
      continue;
    }
    deliver_progress(r, from);
    --deliveries;
  }
}

void ExchangeRun::finish() {
  finishing_ = true;
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    while (!instances_[w].mailbox.empty()) {
      receive(w);
    }
    while (!instances_[w].held.empty()) {
      drop(w, instances_[w].held.size() - 1);
    }
    report(w, true);
    if (!instances_[w].kept_back.empty()) {
      post(w, ProgressBatch{kGeneration,
                            ReporterId(static_cast<std::uint32_t>(w)),
                            instances_[w].reporter.next_sequence(),
                            {}});
    }
  }
  for (std::size_t r = 0; r < readers_.size(); ++r) {
    finish_reader(r);
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

void ExchangeRun::finish_reader(std::size_t r) {
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    const std::size_t p = process_of(w);
    while (!readers_[r].routes[w].empty()) {
      deliver_progress(r, w);
      if (p > 0) {
        flush(r, p);
      }
      publish(r, p);
      audit_safety();
    }
  }
  publish(r, 0);
  audit_safety();
  for (std::size_t p = 1; p < options_.processes; ++p) {
    drain_sums(r, p);
  }
  const Aggregator& aggregator = *readers_[r].aggregator;
  require(aggregator.complete(),
          "all is done and nothing completes; blocked by " + aggregator.describe_blocked());
  for (std::uint32_t l = 0; l < topology_.locations(); ++l) {
    require(aggregator.frontier(Location(l)).empty(), "all is done and a frontier is not empty");
  }
  for (std::size_t p = 1; p < options_.processes; ++p) {
    drain_deltas(r, p);
  }
}

void ExchangeRun::drain_sums(std::size_t r, std::size_t p) {
  flush(r, p);
  while (!readers_[r].processes[p].sums.empty()) {
    deliver_sum(r, p);
    publish(r, 0);
    audit_safety();
  }
}

void ExchangeRun::drain_deltas(std::size_t r, std::size_t p) {
  ProcessState& process = readers_[r].processes[p];
  while (!process.deltas.empty()) {
    deliver_delta(r, p);
    publish(r, p);
    audit_safety();
  }
  publish(r, p);
  for (std::uint32_t l = 0; l < topology_.locations(); ++l) {
    require(!listened_[l] || process.consolidator->frontier(Location(l)).empty(),
            "all is done and a process does not know");
  }
}

}  // namespace eagre::progress
