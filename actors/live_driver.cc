#include "actors/live_driver.h"

#include <caf/scoped_actor.hpp>
#include <utility>

#include "actors/directory.h"
#include "actors/messages.h"

namespace eagre::actors {

LiveDriver::LiveDriver(caf::actor_system& system, const api::Program& program,
                       std::uint32_t instances, const api::RunSettings& settings)
    : system_(system), settings_(settings), outstanding_(instances) {
  for (const std::uint32_t coordinates : program.probes) {
    probes_.emplace_back().insert(progress::Time::minimum(coordinates));
  }
}

LiveDriver::~LiveDriver() = default;

std::shared_ptr<const Directory> LiveDriver::directory() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return directory_ != nullptr || end_.has_value(); });
  if (end_) {
    throw api::DataflowStopped();
  }
  return directory_;
}

void LiveDriver::feed(std::uint32_t node, std::uint32_t worker, dataflow::Feed feed) {
  const std::shared_ptr<const Directory> directory = this->directory();
  const std::uint32_t instance = directory->deployment->instance(node, worker);
  if (feed.batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return end_ || outstanding_[instance] < settings_.inbox_bytes; });
    if (end_) {
      throw api::DataflowStopped();
    }
    outstanding_[instance] += feed.batch.footprint();
  }
  post(directory->instances[instance], Fed{std::move(feed)});
}

progress::Antichain LiveDriver::frontier(std::uint32_t probe) {
  const std::lock_guard lock(mutex_);
  return probes_.at(probe);
}

void LiveDriver::wait_until(std::uint32_t probe, const progress::Time& time) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return end_ || !probes_.at(probe).less_than(time); });
  if (probes_[probe].less_than(time)) {
    throw api::DataflowStopped();
  }
}

std::shared_ptr<const void> LiveDriver::actor(std::uint32_t node, std::uint32_t worker) {
  const std::shared_ptr<const Directory> directory = this->directory();
  // The handle lives as long as the directory does.
  return {directory, &directory->instance(node, worker)};
}

base::Result<data::Batch> LiveDriver::ask(std::uint32_t node, std::uint32_t worker,
                                          data::Batch request) {
  const std::shared_ptr<const Directory> directory = this->directory();
  caf::scoped_actor self(system_);
  base::Result<data::Batch> result =
      base::Status(base::Code::cancelled, "the dataflow has stopped");
  self->request(directory->instance(node, worker), caf::infinite, Ask{std::move(request)})
      .receive(
          [&](const Answer& answer) {
            if (answer.status.ok()) {
              result = answer.batch;
            } else {
              result = answer.status;
            }
          },
          [](const caf::error&) {});
  return result;
}

void LiveDriver::set_directory(std::shared_ptr<const Directory> directory) {
  const std::lock_guard lock(mutex_);
  directory_ = std::move(directory);
  changed_.notify_all();
}

void LiveDriver::publish(std::uint32_t probe, const progress::Antichain& frontier) {
  const std::lock_guard lock(mutex_);
  probes_.at(probe) = frontier;
  changed_.notify_all();
}

void LiveDriver::fed(std::uint32_t instance, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  outstanding_.at(instance) -= bytes;
  changed_.notify_all();
}

void LiveDriver::finish(base::Status status) {
  const std::lock_guard lock(mutex_);
  if (!end_) {
    end_ = std::move(status);
    directory_.reset();
    changed_.notify_all();
  }
}

base::Status LiveDriver::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return end_.has_value(); });
  return *end_;
}

}  // namespace eagre::actors
