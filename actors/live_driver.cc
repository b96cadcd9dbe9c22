#include "actors/live_driver.h"

#include <utility>

#include "actors/directory.h"
#include "actors/messages.h"
#include "actors/operator_actor.h"
#include "actors/remote_instance.h"

namespace eagre::actors {

LiveDriver::LiveDriver(const api::Program& program, const api::Deployment& deployment)
    : settings_(deployment.settings()),
      first_worker_(deployment.first_worker()),
      own_workers_(deployment.own_workers()),
      seen_(program.probes.size()),
      outstanding_(deployment.instances()) {
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
  lead_ = directory_->lead;
  return directory_;
}

template <class Done>
void LiveDriver::wait_for(Done&& done) {
  const auto locked = [&] {
    const std::lock_guard lock(mutex_);
    return done();
  };
  if (lead_ != nullptr && lead_->lend(locked)) {
    return;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, done);
}

void LiveDriver::feed(std::uint32_t node, std::uint32_t worker, dataflow::Feed feed) {
  const std::shared_ptr<const Directory> directory = this->directory();
  const std::uint32_t instance = directory->deployment->instance(node, worker);
  if (feed.batch) {
    std::unique_lock lock(mutex_);
    if (outstanding_[instance] >= settings_.inbox_bytes) {
      lock.unlock();
      wait_for([&] { return end_ || outstanding_[instance] < settings_.inbox_bytes; });
      lock.lock();
    }
    if (end_) {
      throw api::DataflowStopped();
    }
    outstanding_[instance] += feed.batch.footprint();
  }
  OperatorActor& input = *directory->operators[instance];
  if (input.home() == nullptr) {
    post(directory->instances[instance], Fed{std::move(feed)});
  } else {
    Worker::post_from_outside(input, Fed{std::move(feed)});
  }
}

const progress::Antichain& LiveDriver::frontier(std::uint32_t probe) {
  if (lead_ != nullptr) {
    lead_->lend_once();
  }
  Seen& seen = seen_.at(probe);
  if (const std::uint64_t moves = moves_.load(std::memory_order_acquire); moves != seen.moves) {
    const std::lock_guard lock(mutex_);
    seen.frontier = probes_[probe];
    seen.moves = moves;
  }
  return seen.frontier;
}

void LiveDriver::wait_until(std::uint32_t probe, const progress::Time& time) {
  wait_for([&] { return end_ || !probes_.at(probe).less_than(time); });
  const std::lock_guard lock(mutex_);
  if (probes_[probe].less_than(time)) {
    throw api::DataflowStopped();
  }
}

std::shared_ptr<const void> LiveDriver::actor(std::uint32_t node, std::uint32_t worker) {
  // A handle of its own: whoever keeps it keeps no other part of the dataflow.
  const std::shared_ptr<const Directory> directory = this->directory();
  if (directory->deployment->is_own(worker)) {
    return std::make_shared<const caf::actor>(directory->instance(node, worker));
  }
  const std::lock_guard lock(mutex_);
  caf::actor& stand_in = stand_ins_[directory->deployment->instance(node, worker)];
  if (!stand_in) {
    caf::actor_system& system = directory->gateway.home_system();
    stand_in = system.spawn<RemoteInstance>(directory->gateway, node, worker);
  }
  return std::make_shared<const caf::actor>(stand_in);
}

base::Result<data::Batch> LiveDriver::ask(std::uint32_t node, std::uint32_t worker,
                                          data::Batch request) {
  std::optional<Answer> answer;
  try {
    const std::shared_ptr<const Directory> directory = this->directory();
    caf::actor_system& system = directory->supervisor.home_system();
    if (directory->deployment->is_own(worker)) {
      answer = request_and_wait<Answer>(system, directory->instance(node, worker),
                                        Ask{std::move(request)});
    } else {
      answer = request_and_wait<Answer>(system, directory->gateway,
                                        AskThere{node, worker, std::move(request)});
    }
  } catch (const api::DataflowStopped&) {  // answered below
  }
  if (!answer) {
    return base::Status(base::Code::cancelled, "the dataflow has stopped");
  }
  if (!answer->status.ok()) {
    return answer->status;
  }
  return answer->batch;
}

void LiveDriver::set_directory(std::shared_ptr<const Directory> directory) {
  const std::lock_guard lock(mutex_);
  directory_ = std::move(directory);
  changed_.notify_all();
}

void LiveDriver::publish(std::uint32_t probe, const progress::Antichain& frontier) {
  const std::lock_guard lock(mutex_);
  probes_.at(probe) = frontier;
  moves_.fetch_add(1, std::memory_order_release);
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
  if (lead_ != nullptr) {
    lead_->unlend();
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return end_.has_value(); });
  return *end_;
}

bool LiveDriver::ended() const {
  const std::lock_guard lock(mutex_);
  return end_.has_value();
}

}  // namespace eagre::actors
