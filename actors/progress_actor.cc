#include "actors/progress_actor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/operator_actor.h"
#include "actors/uplink.h"

namespace eagre::actors {
namespace {

// Reports added up before frontiers are computed, if more are waiting.
constexpr int kReportsPerPublication = 256;

std::vector<progress::Location> ends_of(const api::Deployment& deployment) {
  std::vector<progress::Location> ends;
  for (std::uint32_t node = 0; node < deployment.nodes(); ++node) {
    if (deployment.is_end(node)) {
      const auto& inputs = deployment.layout().inputs[node];
      ends.insert(ends.end(), inputs.begin(), inputs.end());
    }
  }
  return ends;
}

std::variant<progress::Aggregator, progress::Consolidator> role_of(
    const api::Deployment& deployment, const std::vector<progress::Location>& watched) {
  const api::RunSettings& settings = deployment.settings();
  const progress::Topology& topology = deployment.layout().topology;
  if (settings.process == 0) {
    return progress::Aggregator(topology, settings.generation, deployment.reporters(), watched,
                                settings.processes);
  }
  return progress::Consolidator(topology, settings.generation,
                                progress::ProcessId(settings.process), deployment.reporters());
}

}  // namespace

ProgressActor::ProgressActor(caf::actor_config& config, Worker* home,
                             const api::Deployment& deployment, control::Manifest checkpoint)
    : Shell(config),
      Pinned(home, true),
      ends_(ends_of(deployment)),
      role_(role_of(deployment, ends_)),
      taking_(std::move(checkpoint)) {
  const api::RunSettings& settings = deployment.settings();
  auto* const aggregator = std::get_if<progress::Aggregator>(&role_);
  if (aggregator != nullptr && settings.checkpoints) {
    aggregator->keep_to(deployment.clock());
    std::vector<std::uint32_t> sources(settings.processes);
    for (const std::uint32_t source : deployment.sources()) {
      ++sources[deployment.process_of(source % settings.workers)];
    }
    coordinator_.emplace(std::move(sources), settings.checkpoints->interval);
  }
}

caf::behavior ProgressActor::make_behavior() {
  return {
      [this](Start& start) {
        directory_ = std::move(start.directory);
        start_checkpoints();
        on_event();
      },
      [this](const Report& message) { tell(message.batch); },
      [this](const Marked& message) { tell(message); },
      [this](const Committed& message) { tell(message); },
      [this](CheckpointDue) { begin_checkpoint(); },
  };
}

void ProgressActor::tell(const progress::ProgressBatch& batch) {
  std::visit([&](auto& role) { role.apply(batch); }, role_);
  on_event();
}

base::Status ProgressActor::tell(const progress::ProgressSum& sum) {
  auto* const aggregator = std::get_if<progress::Aggregator>(&role_);
  if (aggregator == nullptr) {
    return {base::Code::input, "progress, which only the leader adds up"};
  }
  base::Status status = aggregator->apply(sum);
  on_event();
  return status;
}

base::Status ProgressActor::tell(const progress::FrontierDelta& delta) {
  auto* const consolidator = std::get_if<progress::Consolidator>(&role_);
  if (consolidator == nullptr) {
    return {base::Code::input, "frontiers, which only the leader tells"};
  }
  base::Status status = consolidator->apply(delta);
  on_event();
  return status;
}

void ProgressActor::take(Parcel& parcel) {
  if (const auto* const report = std::get_if<Report>(&parcel.content)) {
    tell(report->batch);
  } else if (const auto* const marked = std::get_if<Marked>(&parcel.content)) {
    tell(*marked);
  }
}

bool ProgressActor::turn() {
  if (directory_ != nullptr) {
    publish();
  }
  return false;
}

// On a worker, a turn follows after the operators' turns. Under CAF's own scheduling, frontiers are
// computed when the mailbox is dry, or when enough has come.
void ProgressActor::on_event() {
  if (home() != nullptr) {
    ready();
    return;
  }
  if (directory_ == nullptr || (has_mail() && ++reports_ < kReportsPerPublication)) {
    return;
  }
  reports_ = 0;
  publish();
}

void ProgressActor::publish() {
  std::visit([this](auto& role) { publish(role); }, role_);
}

void ProgressActor::publish(progress::Consolidator& consolidator) {
  if (const progress::ProgressSum* const sum = consolidator.flush()) {
    uplink().write(progress::kLeader.value(),
                   [&](control::PacketWriter& packet) { return packet.add(*sum); });
  }
  consolidator.publish([this](progress::ReporterId to, const progress::FrontierUpdate& update) {
    send_update(to.value(), update);
  });
}

void ProgressActor::publish(progress::Aggregator& aggregator) {
  aggregator.publish(
      [this](progress::ReporterId to, const progress::FrontierUpdate& update) {
        send_update(to.value(), update);
      },
      [this](const progress::FrontierDelta& delta) {
        uplink().write_to_all([&](control::PacketWriter& packet) { return packet.add(delta); });
      });
  if (aggregator.wrong()) {
    refuse(*aggregator.wrong());
    return;
  }
  tell_least_epoch(aggregator);
  if (!completed_ && aggregator.complete()) {
    completed_ = true;
    // Before it, all must have what they were told.
    if (home() != nullptr) {
      home()->flush();
    }
    post(directory_->supervisor, Completed{});
  }
}

void ProgressActor::refuse(const progress::Aggregator::Wrong& wrong) {
  if (refused_) {
    return;
  }
  refused_ = true;
  std::string nodes;
  for (const progress::ProcessId process : wrong.from) {
    nodes += (nodes.empty() ? "node " : " or node ") + std::to_string(process.value());
  }
  post(directory_->supervisor,
       Cancel{base::Status(base::Code::lost,
                           "what " + nodes + " sent makes no sense: " + wrong.what)});
}

void ProgressActor::send_update(std::uint32_t instance, const progress::FrontierUpdate& update) {
  if (home() == nullptr) {
    post(directory_->instances[instance], Advance{update});
    return;
  }
  OperatorActor& to = *directory_->operators[instance];
  if (to.home() == home()) {
    to.tell(update);
  } else {
    home()->post(to, Advance{update});
  }
}

void ProgressActor::tell_least_epoch(const progress::Aggregator& aggregator) {
  if (!directory_->driver->watched()) {
    return;
  }
  std::optional<std::uint64_t> least;
  for (const progress::Location end : ends_) {
    for (const progress::Time& time : aggregator.frontier(end).elements()) {
      least = std::min(least.value_or(time[0]), time[0]);
    }
  }
  if (least) {
    directory_->driver->set_least_epoch(*least);
  }
}

}  // namespace eagre::actors
