#include "actors/operator_actor.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "actors/progress_actor.h"
#include "actors/uplink.h"
#include "runtime/base/check.h"
#include "runtime/base/crash_point.h"

namespace eagre::actors {
namespace {

// Events taken from the mailbox before the host works them off, if more are waiting.
constexpr int kEventsPerRun = 64;
// Sources with a rate.
constexpr std::chrono::milliseconds kAllowEvery{10};
constexpr std::chrono::duration<double> kAllowAtMost{0.1};
// A source that has waited for so long, while its frontier did not move, may go further ahead.
constexpr std::chrono::milliseconds kPatience{50};

}  // namespace

OperatorActor::OperatorActor(caf::actor_config& config, Worker* home, dataflow::HostSpec spec,
                             std::uint32_t node, std::unique_ptr<dataflow::Operator> op,
                             InstanceCounters& counters)
    : Shell(config),
      Pinned(home, false),
      node_(node),
      host_(std::move(spec), std::move(op), *this),
      counters_(counters) {}

caf::behavior OperatorActor::make_behavior() {
  return {
      [this](Start& start) {
        directory_ = std::move(start.directory);
        begin();
        allowed_at_ = std::chrono::steady_clock::now();
        allow();
        on_event();
      },
      [this](Deliver& message) { tell(std::move(message)); },
      [this](const Advance& message) { tell(message); },
      [this](const Credit& message) { tell(message); },
      [this](Fed& message) { tell(std::move(message)); },
      [this](const Mark& message) { tell(message); },
      [this](Ask& message) -> caf::result<Answer> {
        take_in_parcels();
        const std::uint64_t id = next_ask_++;
        caf::response_promise promise = make_response_promise();
        asks_.emplace(id, promise);
        host_.ask(id, std::move(message.request));
        on_event();
        return promise;
      },
      [this](Allow) {
        allow();
        on_event();
      },
      [this](StandsStill) {
        take_in_parcels();
        waiting_ = false;
        if (host_.moves() == moves_seen_) {
          host_.go_further();
        }
        on_event();
      },
      [this](Continue) {
        continuing_ = false;
        on_event();
      },
      [this](Stop) {
        take_in_parcels();
        while (run()) {
        }
        quit();
      },
  };
}

void OperatorActor::begin() {
  if (directory_->restored == nullptr) {
    host_.start();
    return;
  }
  const dataflow::Restored parts =
      directory_->deployment->restored(*directory_->restored, node_, host_.spec().worker);
  host_.start(&parts);
}

// A source with a rate may read what came together since it was last allowed to, but saves nothing
// up.
void OperatorActor::allow() {
  const double rate = host_.spec().rate;
  if (rate == 0 || !host_.polling()) {
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - std::exchange(allowed_at_, now);
  allowance_ += rate * std::min(passed, kAllowAtMost).count();
  const auto whole = static_cast<std::uint64_t>(allowance_);
  allowance_ -= static_cast<double>(whole);
  host_.allow(whole);
  post_later(kAllowEvery, Allow{});
}

void OperatorActor::tell(Deliver&& message) {
  host_.deliver(message.input, message.sender, std::move(message.batch), message.charge);
  on_event();
}

void OperatorActor::tell(const Credit& message) {
  const base::Status status = host_.credit(message.channel, message.worker, message.bytes);
  if (!status.ok() && directory_ != nullptr) {
    const std::uint32_t node = directory_->deployment->process_of(message.worker);
    post(directory_->supervisor,
         Cancel{base::Status(base::Code::lost, fmt::format("what node {} sent makes no sense: {}",
                                                           node, status.message()))});
  }
  on_event();
}

void OperatorActor::tell(const progress::FrontierUpdate& update) {
  host_.frontier(update);
  on_event();
}

void OperatorActor::tell(Fed&& message) {
  host_.feed(std::move(message.feed));
  on_event();
}

void OperatorActor::tell(const Mark& message) {
  if (directory_ == nullptr) {  // it has ended, and the progress actor has not heard of it
    return;
  }
  const control::Checkpoint& step = message.step;
  switch (step.step) {
    case control::Checkpoint::Step::ask:
      host_.ask_epoch(step.interval);
      break;
    case control::Checkpoint::Step::boundary:
      host_.boundary(step.interval, step.epoch);
      break;
    case control::Checkpoint::Step::abort:
      host_.abort(step.interval);
      break;
    default:
      EAGRE_FAIL("an operator was told step {} of a checkpoint", static_cast<int>(step.step));
  }
  on_event();
}

void OperatorActor::take(Parcel& parcel) {
  if (auto* const deliver = std::get_if<Deliver>(&parcel.content)) {
    tell(std::move(*deliver));
  } else if (const auto* const advance = std::get_if<Advance>(&parcel.content)) {
    tell(*advance);
  } else if (const auto* const credit = std::get_if<Credit>(&parcel.content)) {
    tell(*credit);
  } else if (auto* const fed = std::get_if<Fed>(&parcel.content)) {
    tell(std::move(*fed));
  } else if (const auto* const mark = std::get_if<Mark>(&parcel.content)) {
    tell(*mark);
  }
}

void OperatorActor::take_in_parcels() {
  if (home() != nullptr) {
    home()->take_in();
  }
}

bool OperatorActor::turn() {
  return directory_ != nullptr && run();
}

// On a worker, a turn follows. Under CAF's own scheduling, works off what has come when the mailbox
// is dry, or when enough has come.
void OperatorActor::on_event() {
  if (home() != nullptr) {
    ready();
    return;
  }
  if (directory_ == nullptr || (has_mail() && ++events_ < kEventsPerRun)) {
    return;
  }
  events_ = 0;
  if (run() && !continuing_) {
    continuing_ = true;
    post(self(), Continue{});
  }
}

bool OperatorActor::run() {
  const bool more = host_.run();
  counters_.records_in.store(host_.records_in(), std::memory_order_relaxed);
  counters_.records_out.store(records_out_, std::memory_order_relaxed);
  counters_.activations.store(host_.activations(), std::memory_order_relaxed);
  if (host_.inputs() != counted_inputs_) {
    count_inputs();
  }
  if (host_.awaits_frontier() && !waiting_) {
    waiting_ = true;
    moves_seen_ = host_.moves();
    post_later(kPatience, StandsStill{});
  }
  return more;
}

void OperatorActor::count_inputs() {
  const std::uint64_t more = host_.inputs() - std::exchange(counted_inputs_, host_.inputs());
  EAGRE_CRASH_POINT("records read");
  if (directory_->checkpoint_plan != nullptr) {
    directory_->checkpoint_plan->reads->add(directory_->deployment->settings().process, more);
  }
}

void OperatorActor::on_exit() {
  for (auto& [id, promise] : asks_) {
    promise.deliver(Answer{base::Status(base::Code::cancelled, "the dataflow has stopped"), {}});
  }
  asks_.clear();
  directory_.reset();
}

void OperatorActor::send(std::uint32_t channel, std::uint32_t worker, data::Batch batch) {
  records_out_ += batch.count();
  const std::uint64_t charge = batch.footprint();
  const api::Deployment& deployment = *directory_->deployment;
  if (!deployment.is_own(worker)) {
    uplink().write(deployment.process_of(worker), [&](control::PacketWriter& packet) {
      return packet.deliver(host_.spec().worker, worker, batch, charge);
    });
    return;
  }
  const plan::Edge& edge = deployment.edge(channel);
  send_to(deployment.instance(edge.to, worker),
          Deliver{edge.input, host_.spec().worker, std::move(batch), charge});
}

void OperatorActor::give_credit(std::uint32_t input, std::uint32_t worker, std::uint64_t bytes) {
  const api::Deployment& deployment = *directory_->deployment;
  const std::uint32_t channel = deployment.channel_into(node_, input);
  if (!deployment.is_own(worker)) {
    uplink().write(deployment.process_of(worker), [&](control::PacketWriter& packet) {
      return packet.add(
          control::Credit{host_.spec().generation, channel, host_.spec().worker, worker, bytes});
    });
    return;
  }
  send_to(deployment.instance(deployment.edge(channel).from, worker),
          Credit{channel, host_.spec().worker, bytes});
}

// A call on the same worker, a parcel to another; a message under CAF's own scheduling.
template <class Message>
void OperatorActor::send_to(std::uint32_t instance, Message message) {
  if (home() == nullptr) {
    post(directory_->instances[instance], std::move(message));
    return;
  }
  OperatorActor& to = *directory_->operators[instance];
  if (to.home() == home()) {
    to.tell(std::move(message));
  } else {
    home()->post(to, std::move(message));
  }
}

void OperatorActor::report(const progress::ProgressBatch& batch) {
  if (home() == nullptr) {
    post(directory_->progress, Report{batch});
  } else if (directory_->tracker->home() == home()) {
    directory_->tracker->tell(batch);
  } else {
    home()->post_last(*directory_->tracker, Report{batch});
  }
}

void OperatorActor::answer(std::uint64_t ask, base::Result<data::Batch> answer) {
  auto node = asks_.extract(ask);
  if (answer.ok()) {
    node.mapped().deliver(Answer{base::Status(), std::move(answer.value())});
  } else {
    node.mapped().deliver(Answer{answer.status(), data::Batch()});
  }
}

void OperatorActor::publish(std::uint32_t probe, const progress::Antichain& frontier) {
  directory_->driver->publish(probe, frontier);
}

void OperatorActor::fed(std::uint64_t bytes) {
  directory_->driver->fed(directory_->deployment->instance(node_, host_.spec().worker), bytes);
}

void OperatorActor::source_at(std::uint64_t interval, std::uint64_t epoch) {
  Marked answer{{.generation = host_.spec().generation,
                 .interval = interval,
                 .step = control::Checkpoint::Step::source_at,
                 .epoch = epoch},
                base::Status()};
  if (home() == nullptr) {
    post(directory_->progress, std::move(answer));
  } else if (directory_->tracker->home() == home()) {
    directory_->tracker->tell(answer);
  } else {
    home()->post(*directory_->tracker, std::move(answer));
  }
}

void OperatorActor::snapshot(std::uint64_t interval, data::Snapshot snapshot) {
  EAGRE_CRASH_POINT("snapshot taken");
  directory_->checkpoints->put(interval, instance(), host_.inputs(), std::move(snapshot));
}

std::uint32_t OperatorActor::instance() const {
  return host_.spec().reporter.value();
}

void OperatorActor::fail(dataflow::Failure failure) {
  post(directory_->supervisor, Failed{std::move(failure)});
}

}  // namespace eagre::actors
