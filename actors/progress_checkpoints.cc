// What the progress actor does for checkpoints: in the leader it coordinates them, beside the
// tracker, since a boundary must come before every frontier beyond it; elsewhere it hands on what
// the leader says, in the order in which it came, and what its process has to say.
#include <fmt/core.h>

#include <limits>
#include <utility>

#include "actors/operator_actor.h"
#include "actors/progress_actor.h"
#include "actors/uplink.h"
#include "runtime/base/check.h"
#include "runtime/base/crash_point.h"
#include "runtime/base/log.h"

namespace eagre::actors {
namespace {

using Step = control::Checkpoint::Step;

// A checkpoint that takes longer is given up.
constexpr std::chrono::seconds kPatience{60};

}  // namespace

void ProgressActor::start_checkpoints() {
  if (directory_->checkpoints == nullptr) {
    return;
  }
  const progress::Generation generation = directory_->deployment->settings().generation;
  const caf::actor progress = self();
  directory_->checkpoints->listen(
      {[progress, generation](std::uint64_t interval, std::uint64_t inputs,
                              base::Result<control::StateFile> file) {
         Marked marked;
         marked.step = {.generation = generation,
                        .interval = interval,
                        .step = file.ok() ? Step::saved : Step::not_saved};
         if (file.ok()) {
           marked.step.bytes = file->bytes;
           marked.step.hash = file->hash;
           marked.step.records = inputs;
         }
         marked.status = file.status();
         post(progress, std::move(marked));
       },
       [progress](std::uint64_t interval, base::Status status) {
         post(progress, Committed{interval, std::move(status)});
       }});
  if (coordinator_) {
    post_later(directory_->checkpoint_plan->interval, CheckpointDue{});
  }
}

void ProgressActor::begin_checkpoint() {
  if (completed_) {
    return;
  }
  post_later(directory_->checkpoint_plan->interval, CheckpointDue{});
  auto& aggregator = std::get<progress::Aggregator>(role_);
  progress::EpochClock& clock = *aggregator.clock();
  const auto now = std::chrono::steady_clock::now();
  if (coordinator_->open()) {
    // What is being written cannot be taken back.
    if (!committing_ && now - began_ > kPatience) {
      abort_checkpoint(fmt::format("it took more than {} s", kPatience.count()));
    }
    return;
  }
  if (!aggregator.started() || !clock.epoch() || !coordinator_->begin()) {
    return;
  }
  began_ = now;
  clock.hold();
  const api::RunSettings& settings = directory_->deployment->settings();
  taking_.id = {settings.generation.value(), *coordinator_->open()};
  taking_.files.assign(settings.processes, control::StateFile());
  taking_.records = directory_->restored != nullptr ? directory_->restored->records : 0;
  spread({.generation = settings.generation, .interval = taking_.id.interval, .step = Step::ask});
  EAGRE_CRASH_POINT("sources asked");
}

// To all instances whom it concerns, here and elsewhere.
void ProgressActor::spread(const control::Checkpoint& step) {
  if (!directory_->uplinks.empty()) {
    uplink().write_to_all(
        [&](control::PacketWriter& packet) { return packet.add(control::Message(step)); });
  }
  spread_here(step);
}

void ProgressActor::spread_here(const control::Checkpoint& step) {
  if (step.step == Step::ask) {
    for (const std::uint32_t source : directory_->deployment->sources()) {
      if (directory_->instances[source]) {
        mark(source, step);
      }
    }
    return;
  }
  for (std::uint32_t instance = 0; instance < directory_->instances.size(); ++instance) {
    if (directory_->instances[instance]) {
      mark(instance, step);
    }
  }
  if (step.step == Step::abort) {
    directory_->checkpoints->drop(step.interval);
  }
}

void ProgressActor::mark(std::uint32_t instance, const control::Checkpoint& step) {
  if (home() == nullptr) {
    post(directory_->instances[instance], Mark{step});
    return;
  }
  OperatorActor& to = *directory_->operators[instance];
  if (to.home() == home()) {
    to.tell(Mark{step});
  } else {
    home()->post(to, Mark{step});
  }
}

void ProgressActor::tell(const Marked& marked) {
  if (directory_ == nullptr) {
    return;
  }
  if (!marked.status.ok()) {
    base::log(base::LogLevel::warn, fmt::format("checkpoint {} could not be saved: {}",
                                                marked.step.interval, marked.status.message()));
  }
  if (coordinator_) {
    const base::Status status = take_in(0, marked.step);
    EAGRE_CHECK(status.ok(), "{}", status.message());
  } else {
    uplink().write(progress::kLeader.value(), [&](control::PacketWriter& packet) {
      return packet.add(control::Message(marked.step));
    });
  }
}

base::Status ProgressActor::tell(std::uint32_t node, const control::Checkpoint& step) {
  if (directory_ == nullptr) {  // it has ended, and the gateway has not heard of it
    return {};
  }
  const bool to_leader =
      step.step == Step::source_at || step.step == Step::saved || step.step == Step::not_saved;
  if (directory_->checkpoints == nullptr || to_leader != coordinator_.has_value() ||
      (!to_leader && node != 0)) {
    return {base::Code::input, fmt::format("step {} of a checkpoint", static_cast<int>(step.step))};
  }
  if (to_leader) {
    return take_in(node, step);
  }
  spread_here(step);
  return {};
}

// In the leader.
base::Status ProgressActor::take_in(std::uint32_t node, const control::Checkpoint& step) {
  if (step.step == Step::source_at) {
    const base::Result<bool> all = coordinator_->answered(node, step.interval, step.epoch);
    if (all.ok() && *all) {
      announce_boundary();
    }
    return all.status();
  }
  if (step.step == Step::not_saved) {
    const base::Result<bool> open = coordinator_->not_saved(node, step.interval);
    if (open.ok() && *open) {
      abort_checkpoint(fmt::format("node {} could not save it", node));
    }
    return open.status();
  }
  using Saved = control::CheckpointCoordinator::Saved;
  const base::Result<Saved> saved = coordinator_->saved(node, step.interval);
  if (!saved.ok() || *saved == Saved::late) {
    return saved.status();
  }
  taking_.files.at(node) = {step.bytes, step.hash};
  taking_.records += step.records;
  if (*saved == Saved::all) {
    EAGRE_CRASH_POINT("all saved");
    committing_ = true;
    directory_->checkpoints->commit(taking_);
  }
  return {};
}

void ProgressActor::announce_boundary() {
  auto& aggregator = std::get<progress::Aggregator>(role_);
  const std::uint64_t clock = *aggregator.clock()->epoch();
  if (clock == std::numeric_limits<std::uint64_t>::max()) {
    abort_checkpoint(fmt::format("a source is in epoch {}, behind which there is none", clock));
    return;
  }
  taking_.epoch = coordinator_->decide(clock);
  spread({.generation = directory_->deployment->settings().generation,
          .interval = taking_.id.interval,
          .step = Step::boundary,
          .epoch = taking_.epoch});
  EAGRE_CRASH_POINT("boundary announced");
  // All that will hear of frontiers beyond it have been told of it.
  aggregator.raise_clock(taking_.epoch + 1);
  on_event();
}

void ProgressActor::tell(const Committed& committed) {
  committing_ = false;
  if (!committed.status.ok()) {
    // Whether it counts is not known: whoever comes next finds out from the folder.
    post(directory_->supervisor, Cancel{committed.status});
    return;
  }
  base::log(base::LogLevel::debug,
            fmt::format("checkpoint {} is complete: epoch {}", committed.interval, taking_.epoch));
  coordinator_->complete();
  close_checkpoint();
}

void ProgressActor::abort_checkpoint(const std::string& why) {
  if (const std::optional<std::uint64_t> interval = coordinator_->abort()) {
    base::log(base::LogLevel::warn, fmt::format("checkpoint {} was given up, the {}. so far: {}",
                                                *interval, coordinator_->aborted(), why));
    spread({.generation = directory_->deployment->settings().generation,
            .interval = *interval,
            .step = Step::abort});
    close_checkpoint();
  }
}

void ProgressActor::close_checkpoint() {
  std::get<progress::Aggregator>(role_).clock()->let_go();
  on_event();
}

}  // namespace eagre::actors
