#include "runtime/dataflow/host.h"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <typeinfo>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/data/batch_reader.h"
#include "runtime/progress/event_time.h"

namespace eagre::dataflow {
namespace {

// Events handled in one run() before the mailbox gets its turn.
constexpr int kQuantum = 128;

}  // namespace

OperatorHost::OperatorHost(HostSpec spec, std::unique_ptr<Operator> op, Effects& effects)
    : spec_(std::move(spec)),
      effects_(effects),
      ledger_(std::make_shared<progress::CapabilityLedger>(spec_.name, spec_.worker)),
      reporter_(spec_.generation, spec_.reporter),
      context_(spec_, op->take_stages(), ledger_, effects),
      operator_(std::move(op)),
      interval_(spec_.interval) {
  for (const InternalSpec& internal : spec_.internals) {
    ledger_->add_internal(spec_.inputs.at(internal.input).location,
                          spec_.outputs.at(internal.output).location, internal.summary);
  }
  for (const OutputSpec& output : spec_.outputs) {
    for (const EdgeSpec& edge : output.edges) {
      ledger_->add_edge(output.location, edge.target, edge.summary);
    }
  }
  for (const InputSpec& input : spec_.inputs) {
    auto& credits = credits_.emplace_back();
    if (input.window != 0) {
      credits.assign(spec_.workers, data::CreditReceiver(base::ByteCount(input.window)));
    }
  }
}

OperatorHost::~OperatorHost() = default;

void OperatorHost::start(const Restored* restored) {
  started_ = true;
  polling_ = spec_.polls;
  guarded([&] {
    operator_->start(context_);
    if (restored != nullptr) {
      for (const RestoredPart& part : *restored) {
        restore(part);
      }
    }
  });
  frontier_moved_ = frontier_moved_ || context_.advance_requested_;
  settle();
}

void OperatorHost::deliver(std::uint32_t input, std::uint32_t sender, data::Batch batch,
                           std::uint64_t charge) {
  if (batch.header().generation != spec_.generation.value()) {
    ++stale_;
    return;
  }
  if (!dead_) {
    inbox_.push_back(Delivery{input, sender, std::move(batch), charge});
  }
}

void OperatorHost::frontier(const progress::FrontierUpdate& update) {
  if (context_.frontiers_.at(update.port).apply(update)) {
    moved();
  }
}

// What is known of the frontiers moved.
void OperatorHost::moved() {
  ++context_.moves_;
  context_.awaits_frontier_ = false;
  frontier_moved_ = true;
  release_epochs();
  if (spec_.checkpoints) {
    context_.bound_.frontier = least_epoch();
  }
}

base::Status OperatorHost::credit(std::uint32_t channel, std::uint32_t worker,
                                  std::uint64_t bytes) {
  for (const std::unique_ptr<OutputPort>& output : context_.outputs_) {
    if (std::optional<base::Status> status = output->give_back(channel, worker, bytes)) {
      return *std::move(status);
    }
  }
  return {base::Code::input, fmt::format("credit for edge {}, which does not leave from operator "
                                         "\"{}\"",
                                         channel, spec_.name)};
}

void OperatorHost::feed(Feed feed) {
  if (!dead_) {
    inbox_.push_back(std::move(feed));
  }
}

void OperatorHost::allow(std::uint64_t records) {
  context_.allowance_ = records;
}

bool OperatorHost::go_further() {
  if (!awaits_frontier() || operator_->source_position().epoch >= context_.source_end_) {
    return false;
  }
  context_.lead_ = std::min(2 * context_.lead_, progress::kLastEpoch);
  context_.awaits_frontier_ = false;
  return true;
}

void OperatorHost::ask(std::uint64_t id, data::Batch request) {
  if (dead_ || asks_ >= kMaxAsks) {
    effects_.answer(id, dead_ ? failed()
                              : base::Status(base::Code::refused,
                                             "operator \"" + spec_.name +
                                                 "\" has too many requests waiting; ask again "
                                                 "later"));
    return;
  }
  ++asks_;
  inbox_.push_back(Ask{id, std::move(request)});
}

bool OperatorHost::has_work() const {
  return started_ && !dead_ && !context_.congested() &&
         (frontier_moved_ || cut_due() || polls() || !inbox_.empty());
}

bool OperatorHost::polls() const {
  return polling_ && !context_.awaits_frontier_ && context_.allowance_ != 0;
}

bool OperatorHost::run() {
  if (has_work()) {
    ++activations_;
    guarded([this] { work(); });
  }
  settle();
  return has_work();
}

void OperatorHost::work() {
  bool polled = false;
  for (int i = 0; i < kQuantum && !context_.congested() && !context_.stage_failure_.error; ++i) {
    context_.work_time_ = progress::Time();
    if (frontier_moved_) {
      context_.advance_requested_ = false;
      const bool more = operator_->advance(context_);
      frontier_moved_ = more || context_.advance_requested_;
    } else if (cut_due()) {
      cut();
    } else if (!inbox_.empty()) {
      // Taken out: what is handled may send to this very operator.
      Event event = inbox_.take();
      handle(event);
      frontier_moved_ = context_.advance_requested_;
    } else if (polls() && !polled) {
      polling_ = operator_->poll(context_);
      polled = true;
    } else {
      return;
    }
  }
}

void OperatorHost::handle(Event& event) {
  if (auto* delivery = std::get_if<Delivery>(&event)) {
    if (delivery->batch.header().interval > interval_) {
      put_off(*delivery, stash_);
      return;
    }
    if (spec_.epochs_in_order && !epoch_reached(delivery->batch.time()[0])) {
      put_off(*delivery, early_[delivery->batch.time()[0]]);
      return;
    }
    process(*delivery);
    if (!delivery->credited) {
      consumed(*delivery);
    }
  } else if (auto* feed = std::get_if<Feed>(&event)) {
    if (feed->batch) {
      context_.work_at(feed->batch.time());
    }
    operator_->feed(*feed, context_);
  } else {
    answer(std::get<Ask>(event));
  }
}

// The credit goes back at once: what waits for other senders must not stop this one, whose later
// data they may be waiting for.
void OperatorHost::put_off(Delivery& delivery, std::vector<Delivery>& waiting) {
  if (!delivery.credited) {
    consumed(delivery);
    delivery.credited = true;
  }
  waiting.push_back(std::move(delivery));
}

void OperatorHost::answer(const Ask& ask) {
  --asks_;
  try {
    effects_.answer(ask.id, operator_->ask(ask.request));
  } catch (...) {
    effects_.answer(ask.id, failed());
    throw;
  }
}

void OperatorHost::process(const Delivery& delivery) {
  const data::Batch& batch = delivery.batch;
  context_.work_at(batch.time());
  records_in_ += batch.count();
  context_.input_ = delivery.input;
  sender_ = delivery.sender;
  context_.message_time_ = &batch.time();
  context_.bound_.message = batch.time()[0];
  const progress::Location location = spec_.inputs[delivery.input].location;
  ledger_->begin_message(location, batch.time());
  operator_->receive(delivery.input, batch, context_);
  ledger_->end_message();
  context_.message_time_ = nullptr;
  context_.bound_.message = 0;
  ledger_->consume(location, batch.time(), static_cast<std::int64_t>(batch.count()));
}

// Gives the bytes of a taken batch back to its sender, in steps of half a window.
void OperatorHost::consumed(const Delivery& delivery) {
  auto& credits = credits_[delivery.input];
  if (credits.empty()) {
    return;
  }
  const std::optional<std::uint64_t> bytes = credits[delivery.sender].consumed(delivery.charge);
  if (bytes) {
    effects_.give_credit(delivery.input, delivery.sender, *bytes);
  }
}

bool OperatorHost::epoch_reached(std::uint64_t epoch) const {
  return least_epoch() >= epoch;
}

// Of what may still come at an input.
std::uint64_t OperatorHost::least_epoch() const {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const progress::FrontierView& view : context_.frontiers_) {
    for (const progress::Time& time : view.frontier().elements()) {
      least = std::min(least, time[0]);
    }
  }
  return least;
}

void OperatorHost::release_epochs() {
  std::vector<Event> reached;
  while (!early_.empty() && epoch_reached(early_.begin()->first)) {
    for (Delivery& delivery : early_.begin()->second) {
      reached.push_back(std::move(delivery));
    }
    early_.erase(early_.begin());
  }
  if (!reached.empty()) {
    inbox_.push_front(std::move(reached));
  }
}

void OperatorHost::settle() {
  if (dead_ || !started_) {
    return;
  }
  guarded([this] {
    for (const std::unique_ptr<OutputPort>& output : context_.outputs_) {
      output->settle();
      output->release();
    }
  });
  if (dead_) {
    return;
  }
  if (const progress::ProgressBatch* batch = reporter_.flush(*ledger_)) {
    effects_.report(*batch);
  }
}

template <class F>
void OperatorHost::guarded(F&& f) {
  try {
    try {
      f();
    } catch (...) {
      if (!context_.stage_failure_.error) {
        throw;
      }
    }
    if (context_.stage_failure_.error) {
      std::rethrow_exception(context_.stage_failure_.error);
    }
  } catch (const InputError& error) {
    fail(base::Code::input, error.what());
  } catch (const data::MalformedBatch& error) {
    fail(base::Code::lost,
         fmt::format("what worker {} sent makes no sense: {}", sender_, error.what()));
  } catch (const MisuseError& error) {
    fail(base::Code::usage, error.what());
  } catch (const std::exception& error) {
    fail(base::Code::failed, error.what());
  } catch (...) {
    fail(base::Code::failed, "an exception that is no std::exception");
  }
}

void OperatorHost::fail(base::Code code, std::string what) {
  dead_ = true;
  Failure failure;
  failure.code = code;
  const StageFailure& stage = context_.stage_failure_;
  failure.operator_name = stage.error ? stage.stage : spec_.name;
  failure.worker = spec_.worker;
  if (const progress::Time& time = stage.error ? stage.time : context_.work_time_;
      time.size() != 0) {
    failure.time = spec_.event_time ? progress::event_time_text(time) : progress::to_string(time);
  }
  failure.what = std::move(what);
  if (spec_.isolates && code == base::Code::failed && !stage.error) {
    failure.what += "; only operators that keep nothing (docs/operators.md) leave records out";
  }
  effects_.fail(std::move(failure));
  for (const Event& event : std::exchange(inbox_, {})) {
    if (const auto* ask = std::get_if<Ask>(&event)) {
      effects_.answer(ask->id, failed());
    }
  }
}

base::Status OperatorHost::failed() const {
  return base::Status(base::Code::refused, "operator \"" + spec_.name + "\" has failed");
}

}  // namespace eagre::dataflow
