// A dataflow on actors that nobody runs but the test: CAF's test scheduler keeps every job until it
// is told to run it, so a schedule can be written down.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "actors/messages.h"
#include "actors/node.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "runtime/api/plain_loop.h"

namespace eagre::testing {

// Threads: confined to one thread.
class Stage {
 public:
  Stage(const std::function<void(api::Scope&)>& define, std::uint32_t workers)
      : program_(api::build(define)), system_(configured(config_)) {
    api::RunSettings settings;
    settings.workers = workers;
    base::Result<api::Deployment> deployment = api::Deployment::make(program_.plan, settings);
    REQUIRE(deployment.status().to_string() == "ok");
    run_ = std::make_shared<actors::Run>(program_, std::move(deployment.value()));
    node_ = system_.spawn<actors::Node>();
    actors::post(node_, actors::Begin{run_});
  }
  // Nothing may be left behind, whatever the test did.
  ~Stage() {
    if (!driver().ended()) {
      actors::post(node_, actors::Cancel{base::Status(base::Code::cancelled, "stopped")});
      run_all();
    }
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  api::Program& program() { return program_; }
  actors::LiveDriver& driver() { return *run_->driver; }
  actors::Run& run() { return *run_; }
  caf::actor_system& system() { return system_; }
  const caf::actor& node() const { return node_; }
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  // Runs the node and the supervisor alone: all actors are there, none has started.
  void spawn_all() {
    for (int i = 0; i < 2; ++i) {
      REQUIRE(scheduler().try_run_once());
    }
    REQUIRE(system_.registry().running() == std::size_t{3} + run_->deployment->instances());
  }
  void run_all() { scheduler().run(); }
  void run_all_but(const caf::actor& actor) {
    const auto* kept = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(actor));
    scheduler().run_jobs_filtered([kept](caf::resumable* job) { return job != kept; });
  }
  caf::actor instance(std::uint32_t node, std::uint32_t worker) {
    return *static_cast<const caf::actor*>(driver().actor(node, worker).get());
  }
  // Drives the program in this thread, and lets go of the dataflow.
  base::Status drive() {
    base::Status status = api::drive(program_, driver());
    actors::post(node_, actors::Release{});
    return status;
  }
  std::size_t running() { return system_.registry().running(); }

 private:
  static caf::actor_system_config& configured(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("testing"));
    return config;
  }

  api::Program program_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  std::shared_ptr<actors::Run> run_;
  caf::actor node_;
};

}  // namespace eagre::testing
