#include "tests/progress/exchange_run.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace eagre::progress {

namespace {

const Generation kGeneration(7);

void require(bool condition, const std::string& text) {
  if (!condition) throw AuditFailure(text);
}

// `time`, later in one coordinate now and then.
Time maybe_later(const Time& time, Choices& choices) {
  if (!choices.one_in(3)) return time;
  const std::size_t i = choices.below(time.size());
  return time.with(i, time[i] + 1 + choices.below(2));
}

}  // namespace

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
        const Time time = maybe_later(Time::minimum(topology_.coordinates(output)), choices);
        state.held.push_back(state.ledger->initial(output, time));
        model_.initially_hold(w, {output, time});
      }
      instances_.push_back(std::move(state));
    }
  }
  unlucky_ = choices.below(instances_.size());
  const Topology told = declared(choices);
  for (ReaderState& reader : readers_) {
    reader.aggregator = std::make_unique<Aggregator>(told, kGeneration, described);
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

void ExchangeRun::activate(std::size_t w) {
  const std::size_t acts = 1 + choices_.below(4);
  for (std::size_t i = 0; i < acts; ++i) act(w);
  // The oldest go, so that frontiers move.
  while (instances_[w].held.size() > 3) drop(w, 0);
  report(w, instances_[w].mailbox.empty());
}

void ExchangeRun::act(std::size_t w) {
  InstanceState& instance = instances_[w];
  const std::size_t kind = choices_.below(8);
  if (kind < 5 && !instance.mailbox.empty()) {
    receive(w);
  } else if (!instance.held.empty()) {
    if (kind < 3 || kind == 7) {
      send(w, choices_.below(instance.held.size()));
    } else {
      change_capability(w);
    }
  }
  if (faulty(Fault::capability_from_frontier)) forge(w);
}

void ExchangeRun::receive(std::size_t w) {
  InstanceState& instance = instances_[w];
  // In any order, but mostly the oldest: else nothing would ever be done with a time.
  const std::size_t which = choices_.one_in(3) ? choices_.below(instance.mailbox.size()) : 0;
  Message message = instance.mailbox[which];
  instance.mailbox.erase(instance.mailbox.begin() + static_cast<std::ptrdiff_t>(which));
  const Pointstamp at{message.target, message.time};
  instance.ledger->begin_message(message.target, message.time);
  for (const Path& path : topology_.internals()) {
    if (path.from != message.target || finishing_ || choices_.one_in(3)) continue;
    // Loops end after a few rounds.
    if (message.time.size() > 1 && message.time.last() > 3 && !choices_.one_in(4)) continue;
    const Time time = maybe_later(*path.summary.apply(message.time), choices_);
    keep(w, instance.ledger->from_message(message.target, message.time, path.to, time), &at,
         !message.duplicate);
    if (choices_.below(3) > 0) send(w, instance.held.size() - 1);
    if (choices_.below(5) > 0) drop(w, instance.held.size() - 1);
  }
  instance.ledger->end_message();
  instance.ledger->consume(message.target, message.time, message.count);
  if (message.duplicate) return;
  model_.consume(w, at, message.count);
  if (plant(Fault::duplicate_delivery, 3)) {
    message.duplicate = true;
    instance.mailbox.push_back(std::move(message));
  }
}

void ExchangeRun::keep(std::size_t w, Capability capability, const Pointstamp* message,
                       bool allowed) {
  model_.hold(w, {capability.output(), capability.time()}, message, allowed);
  instances_[w].held.push_back(std::move(capability));
}

void ExchangeRun::send(std::size_t w, std::size_t which) {
  const Capability& capability = instances_[w].held[which];
  std::vector<const Path*> edges;
  for (const Path& edge : topology_.edges()) {
    if (edge.from == capability.output()) edges.push_back(&edge);
  }
  if (edges.empty()) return;
  const Path& edge = *choices_.of(edges);
  const std::optional<Time> arrives = edge.summary.apply(capability.time());
  if (!arrives) return;
  Message message{edge.to, maybe_later(*arrives, choices_),
                  1 + static_cast<std::int64_t>(choices_.below(3))};
  CapabilityLedger& ledger = *instances_[w].ledger;
  if (plant(Fault::empty_batch_counted, 3)) {
    ledger.produce(message.target, message.time, 1, capability);
    return;
  }
  if (!plant(Fault::batch_not_counted, 3)) {
    ledger.produce(message.target, message.time, message.count, capability);
  }
  model_.send(w, {message.target, message.time}, message.count);
  const std::size_t node = topology_.port(edge.to).node.value();
  const std::size_t receiver = node * options_.workers + choices_.below(options_.workers);
  instances_[receiver].mailbox.push_back(std::move(message));
  ++messages_sent_;
}

void ExchangeRun::drop(std::size_t w, std::size_t which) {
  std::vector<Capability>& held = instances_[w].held;
  model_.release(w, {held[which].output(), held[which].time()});
  held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
}

void ExchangeRun::change_capability(std::size_t w) {
  std::vector<Capability>& held = instances_[w].held;
  const std::size_t which = choices_.below(held.size());
  const Location output = held[which].output();
  const Time before = held[which].time();
  Time after = maybe_later(before, choices_);
  if (instances_[w].inputs.empty()) after = after.with(0, after[0] + 1);
  switch (choices_.below(4)) {
    case 0:
      drop(w, which);
      break;
    case 1:
      model_.hold(w, {output, after}, nullptr);
      model_.release(w, {output, before});
      held[which].downgrade(after);
      break;
    case 2:
      keep(w, held[which].clone(), nullptr);
      break;
    default:
      keep(w, held[which].delayed(after), nullptr);
      break;
  }
}

void ExchangeRun::forge(std::size_t w) {
  InstanceState& instance = instances_[w];
  for (const InputState& input : instance.inputs) {
    if (input.view.version() == 0 || input.view.frontier().empty()) continue;
    for (const Path& path : topology_.internals()) {
      if (path.from != input.location || !plant(Fault::capability_from_frontier, 3)) continue;
      const Time time = *path.summary.apply(input.view.frontier().elements().front());
      keep(w, CapabilityTestAccess::forge(*instance.ledger, path.to, time), nullptr, false);
    }
  }
}

void ExchangeRun::report(std::size_t w, bool mailbox_dry) {
  InstanceState& instance = instances_[w];
  std::vector<KnownInput> known;
  for (const InputState& input : instance.inputs) {
    known.push_back(KnownInput{input.location, input.view.frontier()});
  }
  std::optional<ProgressBatch> batch =
      mailbox_dry ? instance.reporter.flush(*instance.ledger)
                  : instance.reporter.flush_if_due(*instance.ledger, known);
  if (batch) {
    if (faulty(Fault::none)) {
      require(to_counts(batch->changes) == model_.temp(w),
              "instance " + std::to_string(w) + " reported " +
                  to_string(to_counts(batch->changes)) + " and did " + to_string(model_.temp(w)));
    }
    post(w, *batch);
  } else if (faulty(Fault::none)) {
    require(mailbox_dry ? model_.temp(w).empty() : model_.justified(w),
            "instance " + std::to_string(w) + " withholds " + to_string(model_.temp(w)) +
                " while it holds " + to_string(model_.caps(w)));
    if (!model_.temp(w).empty()) ++batches_withheld_;
  }
}

void ExchangeRun::post(std::size_t w, const ProgressBatch& batch) {
  model_.flush(w, to_counts(batch.changes));
  ProgressBatch sent = batch;
  if (faulty(Fault::positives_withheld)) {
    std::vector<Change>& kept = instances_[w].kept_back;
    ChangeBatch all;
    for (const Change& change : batch.changes) all.add(change);
    for (const Change& change : std::exchange(kept, {})) all.add(change);
    sent.changes.clear();
    for (const Change& change : all) {
      const bool keeps = change.diff > 0 && !finishing_ && batch.sequence > 0;
      (keeps ? kept : sent.changes).push_back(change);
    }
    if (!kept.empty()) planted_ = true;
  }
  for (ReaderState& reader : readers_) reader.routes[w].push_back(sent);
}

void ExchangeRun::deliver_progress(std::size_t r, std::size_t w) {
  ReaderState& reader = readers_[r];
  std::deque<ProgressBatch>& route = reader.routes[w];
  if (finishing_ && route.size() == 1 && w == unlucky_ && plant(Fault::batch_lost_at_shutdown, 1)) {
    route.pop_front();
    return;
  }
  if (route.size() > 1 && plant(Fault::batches_swapped, 2)) std::swap(route[0], route[1]);
  ProgressBatch batch = std::move(route.front());
  route.pop_front();
  if (batch.sequence == 0 && plant(Fault::stale_generation_accepted, 2)) {
    // The last run began like this one; its first batch comes late and is relabelled.
    hear(r, w, batch);
    hear(r, w, batch);
    return;
  }
  if (faulty(Fault::negative_first)) {
    ProgressBatch first = batch;
    ProgressBatch second = batch;
    std::erase_if(first.changes, [](const Change& change) { return change.diff > 0; });
    std::erase_if(second.changes, [](const Change& change) { return change.diff < 0; });
    if (!first.changes.empty() && !second.changes.empty() && plant(options_.fault, 1)) {
      hear(r, w, first);
      route.push_front(std::move(second));
      return;
    }
  }
  hear(r, w, batch);
}

void ExchangeRun::hear(std::size_t r, std::size_t w, const ProgressBatch& batch) {
  ReaderState& reader = readers_[r];
  ProgressBatch heard = batch;
  const bool renumbers = faulty(Fault::frontier_before_barrier) || faulty(Fault::negative_first);
  if (renumbers) heard.sequence = reader.renumbered[w]++;
  reader.aggregator->apply(heard);
  if (faulty(Fault::none)) model_.apply(r, w);
  const std::vector<Location>& outputs = topology_.node(instances_[w].node).outputs;
  for (const Change& change : heard.changes) {
    if (std::find(outputs.begin(), outputs.end(), change.at) != outputs.end()) {
      reader.held[w] += change.diff;
    }
  }
}

void ExchangeRun::publish(std::size_t r) {
  ReaderState& reader = readers_[r];
  reader.aggregator->publish([&](ReporterId id, const FrontierUpdate& update) {
    const std::size_t w = id.value();
    InputState& input = instances_[w].inputs[update.port];
    FrontierUpdate& last = reader.told[w][update.port];
    require(input.interest != Interest::never, "a port was told that never asked");
    require(update.version > last.version, "a port was told an old version");
    require(last.frontier.dominates_all(update.frontier), "a port was told an older frontier");
    last = update;
    ++frontiers_told_;
    if (r == 0) input.on_the_way.push_back(update);
  });
  if (!reader.aggregator->started()) {
    require(!reader.published && !model_.initialised(r), "an aggregator does not start");
    return;
  }
  if (faulty(Fault::none)) {
    require(model_.initialised(r), "a frontier was shown before the start barrier");
  }
  std::vector<Antichain> now;
  for (std::uint32_t l = 0; l < topology_.locations(); ++l) {
    now.push_back(reader.aggregator->frontier(Location(l)));
    require(!reader.published || reader.frontiers[l].dominates_all(now[l]),
            "the frontier of " + topology_.describe(Location(l)) + " moved back to " +
                to_string(now[l]));
  }
  reader.frontiers = std::move(now);
  reader.published = true;
  if (faulty(Fault::none)) audit_reader(r);
}

void ExchangeRun::deliver_frontier(std::size_t w, std::size_t input, std::size_t which) {
  InputState& state = instances_[w].inputs[input];
  FrontierUpdate update = state.on_the_way[which];
  state.on_the_way.erase(state.on_the_way.begin() + static_cast<std::ptrdiff_t>(which));
  if (plant(Fault::stale_frontier_accepted, 3)) update.frontier.clear();
  state.view.apply(update);
}

// Safe: what is shown dominates what the truth implies.
void ExchangeRun::audit_safety() const {
  const Counts rec = model_.rec();
  const std::vector<Antichain> truth = closure(topology_, positive(rec));
  const auto fail = [&](const std::string& who, Location location, const Antichain& shown) {
    throw AuditFailure(who + " shows " + to_string(shown) + " at " + topology_.describe(location) +
                       " (location " + std::to_string(location.value()) + "), but " +
                       to_string(truth[location.value()]) +
                       " is still possible: " + to_string(rec));
  };
  for (const ReaderState& reader : readers_) {
    if (!reader.published) continue;
    for (std::uint32_t l = 0; l < truth.size(); ++l) {
      if (!reader.frontiers[l].dominates_all(truth[l])) {
        fail("an aggregator", Location(l), reader.frontiers[l]);
      }
    }
  }
  for (const InstanceState& instance : instances_) {
    for (const InputState& input : instance.inputs) {
      if (!input.view.frontier().dominates_all(truth[input.location.value()])) {
        fail("a view", input.location, input.view.frontier());
      }
    }
  }
}

void ExchangeRun::audit_reader(std::size_t r) const {
  const ReaderState& reader = readers_[r];
  const std::vector<Antichain> expected = closure(topology_, positive(model_.glob(r)));
  for (std::uint32_t l = 0; l < expected.size(); ++l) {
    require(reader.frontiers[l] == expected[l],
            "an aggregator shows " + to_string(reader.frontiers[l]) + " at " +
                topology_.describe(Location(l)) + ", the model " + to_string(expected[l]));
  }
  for (std::size_t w = 0; w < instances_.size(); ++w) {
    for (std::size_t i = 0; i < instances_[w].inputs.size(); ++i) {
      const InputState& input = instances_[w].inputs[i];
      const bool asked = input.interest == Interest::always ||
                         (input.interest == Interest::while_holding && reader.held[w] > 0);
      require(!asked || reader.told[w][i].frontier == reader.frontiers[input.location.value()],
              "a port that asked was not told");
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
