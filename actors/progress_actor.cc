#include "actors/progress_actor.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace eagre::actors {
namespace {

// Reports added up before frontiers are computed, if more are waiting.
constexpr int kReportsPerPublication = 256;

}  // namespace

ProgressActor::ProgressActor(caf::actor_config& config, const api::Deployment& deployment)
    : Shell(config),
      aggregator_(deployment.layout().topology, deployment.settings().generation,
                  deployment.reporters()) {
  for (std::uint32_t node = 0; node < deployment.nodes(); ++node) {
    if (deployment.is_end(node)) {
      const auto& inputs = deployment.layout().inputs[node];
      ends_.insert(ends_.end(), inputs.begin(), inputs.end());
    }
  }
}

caf::behavior ProgressActor::make_behavior() {
  return {
      [this](Start& start) {
        directory_ = std::move(start.directory);
        on_event();
      },
      [this](const Report& message) {
        aggregator_.apply(message.batch);
        on_event();
      },
  };
}

void ProgressActor::on_event() {
  if (directory_ == nullptr || (has_mail() && ++reports_ < kReportsPerPublication)) {
    return;
  }
  reports_ = 0;
  aggregator_.publish([this](progress::ReporterId to, const progress::FrontierUpdate& update) {
    post(directory_->instances[to.value()], Advance{update});
  });
  tell_least_epoch();
  if (aggregator_.complete()) {
    post(directory_->supervisor, Completed{});
  }
}

void ProgressActor::tell_least_epoch() {
  if (!directory_->driver->watched()) {
    return;
  }
  std::optional<std::uint64_t> least;
  for (const progress::Location end : ends_) {
    for (const progress::Time& time : aggregator_.frontier(end).elements()) {
      least = std::min(least.value_or(time[0]), time[0]);
    }
  }
  if (least) {
    directory_->driver->set_least_epoch(*least);
  }
}

}  // namespace eagre::actors
