// An operator that has ended, though others of its worker do not know it yet: they call it, or send
// it parcels, which go past its mailbox.
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "actors/messages.h"
#include "actors/operator_actor.h"
#include "actors/pinned_scheduler.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "runtime/api/stream.h"

namespace eagre {
namespace {

using namespace std::chrono_literals;

// Tells when the parcels before its own are worked off.
class Bell final : public actors::Shell, public actors::Pinned {
 public:
  Bell(caf::actor_config& config, actors::Worker* home)
      : actors::Shell(config), actors::Pinned(home, true) {}
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
  void take(actors::Parcel&) override { ready(); }
  bool turn() override {
    rung_.set_value();
    return false;
  }
  std::future<void> rung() { return rung_.get_future(); }

 private:
  std::promise<void> rung_;
};

TEST_CASE("a source that has ended says nothing to what still reaches it") {
  const api::Program program = api::build([](api::Scope& scope) {
    scope.to_stream(std::vector<int>{1, 2, 3}, "numbers").collect();
  });
  base::Result<api::Deployment> deployment = api::Deployment::make(program.plan, {.workers = 1});
  REQUIRE(deployment.ok());
  const actors::Run run(program, std::move(deployment.value()));

  caf::actor_system_config config;
  actors::use_pinned_scheduler(config, 1, 0us);
  caf::actor_system system(config);
  actors::Worker* const home = &actors::Workers::of(system)->worker(0);
  const auto source =
      system.spawn<actors::OperatorActor>(home, run.deployment->host(0, 0), std::uint32_t{0},
                                          run.factories[0](0, 1), (*run.counters)[0]);
  actors::stop(source);
  const caf::scoped_actor self(system);
  self->wait_for(source);

  auto& ended = *actors::object_of<actors::OperatorActor>(source);
  using Step = control::Checkpoint::Step;
  for (const Step step : {Step::ask, Step::boundary, Step::abort}) {
    actors::Worker::post_from_outside(ended, actors::Mark{{.interval = 1, .step = step}});
  }
  actors::Worker::post_from_outside(ended, actors::Credit{});
  actors::Worker::post_from_outside(ended, actors::Advance{});
  const auto handle = system.spawn<Bell>(home);
  auto& bell = *actors::object_of<Bell>(handle);
  std::future<void> rung = bell.rung();
  actors::Worker::post_from_outside(bell, actors::Credit{});
  CHECK(rung.wait_for(30s) == std::future_status::ready);
  actors::stop(handle);
}

}  // namespace
}  // namespace eagre
