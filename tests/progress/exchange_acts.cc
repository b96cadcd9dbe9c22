// What an instance does of its own accord: receives, sends, changes capabilities, reports.
#include <optional>
#include <utility>

#include "tests/progress/exchange_run.h"

namespace eagre::progress {

void ExchangeRun::activate(std::size_t w) {
  const std::size_t acts = 1 + choices_.below(4);
  for (std::size_t i = 0; i < acts; ++i) {
    act(w);
  }
  // The oldest go, so that frontiers move.
  while (instances_[w].held.size() > 3) {
    drop(w, 0);
  }
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
  if (faulty(Fault::capability_from_frontier)) {
    forge(w);
  }
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
    if (path.from != message.target || finishing_ || choices_.one_in(3)) {
      continue;
    }
    // Loops end after a few rounds.
    if (message.time.size() > 1 && message.time.last() > 3 && !choices_.one_in(4)) {
      continue;
    }
    const Time time = maybe_later(*path.summary.apply(message.time));
    keep(w, instance.ledger->from_message(message.target, message.time, path.to, time), &at,
         !message.duplicate);
    if (choices_.below(3) > 0) {
      send(w, instance.held.size() - 1);
    }
    if (choices_.below(5) > 0) {
      drop(w, instance.held.size() - 1);
    }
  }
  instance.ledger->end_message();
  instance.ledger->consume(message.target, message.time, message.count);
  if (message.duplicate) {
    return;
  }
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
    if (edge.from == capability.output()) {
      edges.push_back(&edge);
    }
  }
  if (edges.empty()) {
    return;
  }
  const Path& edge = *choices_.of(edges);
  const std::optional<Time> arrives = edge.summary.apply(capability.time());
  if (!arrives) {
    return;
  }
  Message message{edge.to, maybe_later(*arrives), 1 + static_cast<std::int64_t>(choices_.below(3))};
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
  const std::size_t receiver = node * workers() + choices_.below(workers());
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
  Time after = maybe_later(before);
  if (instances_[w].inputs.empty()) {
    after = after.with(0, after[0] + 1);
  }
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
    if (input.view.version() == 0 || input.view.frontier().empty()) {
      continue;
    }
    for (const Path& path : topology_.internals()) {
      if (path.from != input.location || !plant(Fault::capability_from_frontier, 3)) {
        continue;
      }
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
  const ProgressBatch* const batch = mailbox_dry
                                         ? instance.reporter.flush(*instance.ledger)
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
    if (!model_.temp(w).empty()) {
      ++batches_withheld_;
    }
  }
}

void ExchangeRun::post(std::size_t w, const ProgressBatch& batch) {
  model_.flush(w, to_counts(batch.changes));
  ProgressBatch sent = batch;
  if (faulty(Fault::positives_withheld)) {
    std::vector<Change>& kept = instances_[w].kept_back;
    ChangeBatch all;
    for (const Change& change : batch.changes) {
      all.add(change);
    }
    for (const Change& change : std::exchange(kept, {})) {
      all.add(change);
    }
    sent.changes.clear();
    for (const Change& change : all) {
      const bool keeps = change.diff > 0 && !finishing_ && batch.sequence > 0;
      (keeps ? kept : sent.changes).push_back(change);
    }
    if (!kept.empty()) {
      planted_ = true;
    }
  }
  for (ReaderState& reader : readers_) {
    reader.routes[w].push_back(sent);
  }
}

Time ExchangeRun::maybe_later(const Time& time) {
  if (!choices_.one_in(3)) {
    return time;
  }
  const std::size_t i = choices_.below(time.size());
  return time.with(i, time[i] + 1 + choices_.below(2));
}

}  // namespace eagre::progress
