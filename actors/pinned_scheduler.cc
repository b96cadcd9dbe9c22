#include "actors/pinned_scheduler.h"

#include <algorithm>
#include <atomic>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/io/middleman.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <chrono>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "actors/network_loop.h"

namespace eagre::actors {
namespace {

// CAF jobs run in one pass.
constexpr int kJobsPerPass = 16;

// Actors with mail, each with a reference that its runner gives back.
// Threads: safe from any thread.
class JobQueue {
 public:
  bool empty() const { return size_.load() == 0; }
  void push(caf::resumable* job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(job);
    size_.fetch_add(1);
  }
  caf::resumable* pop() {
    if (empty()) {
      return nullptr;
    }
    const std::lock_guard lock(mutex_);
    if (jobs_.empty()) {
      return nullptr;
    }
    caf::resumable* const job = jobs_.front();
    jobs_.pop_front();
    size_.fetch_sub(1);
    return job;
  }

 private:
  std::mutex mutex_;
  std::deque<caf::resumable*> jobs_;
  std::atomic<std::size_t> size_{0};
};

class Coordinator;

// A worker that CAF's actors see as their execution unit.
class Unit final : public Worker, public caf::execution_unit {
 public:
  Unit(Coordinator& coordinator, caf::actor_system& system, std::uint32_t index,
       std::uint32_t workers, const Peers& peers, std::chrono::microseconds spin)
      : Worker(index, workers, peers, spin),
        caf::execution_unit(&system),
        coordinator_(coordinator) {}

  void exec_later(caf::resumable* job) override;
  bool has_jobs() const override;
  bool run_jobs() override;

  // For an actor that lives here, from any thread.
  void push_own(caf::resumable* job) {
    own_.push(job);
    gate().ring_now();
  }
  // Wakes this worker if it sleeps; if `lent`, also if it waits for a guest to come back.
  bool call(bool lent) { return lent ? gate().ring_now() : gate().ring(); }
  caf::resumable* pop_left() { return own_.pop(); }

 private:
  Coordinator& coordinator_;
  JobQueue own_;
};

class Coordinator final : public caf::scheduler::abstract_coordinator, public Workers {
 public:
  Coordinator(caf::actor_system& system, std::chrono::microseconds spin, bool network)
      : abstract_coordinator(system), spin_(spin), in_network_(network) {}

  void start() override {
    const auto count = static_cast<std::uint32_t>(num_workers());
    for (std::uint32_t i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<Unit>(*this, system(), i, count, workers_, spin_));
    }
    if (in_network_) {
      network_ = std::make_unique<NetworkLoop>(system().middleman().backend());
      workers_.front()->look_after(*network_);
    }
    for (const std::unique_ptr<Worker>& worker : workers_) {
      threads_.emplace_back([this, &worker] {
        system().thread_started();
        worker->run();
        system().thread_terminates();
      });
    }
    timer_ = std::thread([this] {
      system().thread_started();
      clock_.run_dispatch_loop();
      system().thread_terminates();
    });
    abstract_coordinator::start();
  }

  void stop() override {
    // The printer has a thread of its own and needs no worker.
    stop_actors();
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->stop();
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
    for (const std::unique_ptr<Worker>& worker : workers_) {
      while (caf::resumable* const job = static_cast<Unit&>(*worker).pop_left()) {
        cleanup_and_release(job);
      }
    }
    while (caf::resumable* const job = common_.pop()) {
      cleanup_and_release(job);
    }
    kept_.clear();
    clock_.cancel_dispatch_loop();
    timer_.join();
  }

  void enqueue(caf::resumable* job) override {
    if (const auto* pinned = dynamic_cast<const Pinned*>(job);
        pinned != nullptr && pinned->home() != nullptr) {
      static_cast<Unit*>(pinned->home())->push_own(job);
      return;
    }
    common_.push(job);
    for (const bool lent : {false, true}) {
      for (const std::unique_ptr<Worker>& worker : workers_) {
        if (static_cast<Unit&>(*worker).call(lent)) {
          return;
        }
      }
    }
  }

  caf::actor_clock& clock() noexcept override { return clock_; }

  Worker& worker(std::size_t index) override { return *workers_.at(index); }
  std::size_t count() const override { return workers_.size(); }
  void keep(std::shared_ptr<const void> kept) override {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(kept));
  }

  bool in_network() const override { return in_network_; }
  void enter_network() override {
    if (network_) {
      network_->start();
      // It may be asleep elsewhere.
      static_cast<Unit&>(*workers_.front()).call(true);
    }
  }
  void leave_network() override {
    if (network_) {
      network_->stop();
    }
  }

  JobQueue& common() { return common_; }
  std::size_t throughput() const { return max_throughput_; }

 private:
  std::chrono::microseconds spin_;
  bool in_network_;
  std::unique_ptr<NetworkLoop> network_;
  Worker::Peers workers_;
  std::vector<std::thread> threads_;
  std::thread timer_;
  caf::detail::thread_safe_actor_clock clock_;
  JobQueue common_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const void>> kept_;
};

void Unit::exec_later(caf::resumable* job) {
  coordinator_.enqueue(job);
}

bool Unit::has_jobs() const {
  return !own_.empty() || !coordinator_.common().empty();
}

bool Unit::run_jobs() {
  for (int i = 0; i < kJobsPerPass; ++i) {
    caf::resumable* job = own_.pop();
    if (job == nullptr) {
      job = coordinator_.common().pop();
    }
    if (job == nullptr) {
      return i != 0;
    }
    switch (job->resume(this, coordinator_.throughput())) {
      case caf::resumable::resume_later:
        coordinator_.enqueue(job);
        break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
        caf::intrusive_ptr_release(job);
        break;
      case caf::resumable::shutdown_execution_unit:
        break;
    }
  }
  return true;
}

}  // namespace

void use_pinned_scheduler(caf::actor_system_config& config, std::size_t threads,
                          std::chrono::microseconds spin, bool network) {
  config.set("scheduler.max-threads", threads);
  config.set("middleman.manual-multiplexing", network);
  config.module_factories.push_back([spin, network](caf::actor_system& system) {
    return new Coordinator(system, spin, network);
  });
}

Workers* Workers::of(caf::actor_system& system) {
  return dynamic_cast<Coordinator*>(&system.scheduler());
}

}  // namespace eagre::actors
