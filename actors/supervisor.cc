#include "actors/supervisor.h"

#include <exception>
#include <string>
#include <utility>

#include "actors/progress_actor.h"

namespace eagre::actors {

Supervisor::Supervisor(caf::actor_config& config, Run run)
    : caf::event_based_actor(config), run_(std::move(run)) {
  set_down_handler([this](caf::down_msg& down) { on_down(down); });
}

caf::behavior Supervisor::make_behavior() {
  spawn_all();
  return {
      [this](const Failed& message) { end(dataflow::to_status(message.failure)); },
      [this](Completed) { end(base::Status()); },
      [this](Cancel) { end(base::Status(base::Code::cancelled, "the dataflow was stopped")); },
  };
}

void Supervisor::spawn_all() {
  const api::Deployment& deployment = *run_.deployment;
  const std::uint32_t workers = deployment.settings().workers;
  directory_ = std::make_shared<Directory>();
  directory_->deployment = run_.deployment;
  directory_->driver = run_.driver;
  directory_->supervisor = caf::actor_cast<caf::actor>(this);
  try {
    for (std::uint32_t node = 0; node < deployment.nodes(); ++node) {
      for (std::uint32_t worker = 0; worker < workers; ++worker) {
        directory_->instances.push_back(spawn<OperatorActor, caf::monitored>(
            deployment.host(node, worker), node, run_.factories[node](worker, workers),
            (*run_.counters)[deployment.instance(node, worker)]));
        ++alive_;
      }
    }
    directory_->progress = spawn<ProgressActor, caf::monitored>(deployment);
    ++alive_;
  } catch (const std::exception& error) {
    end(base::Status(base::Code::failed,
                     std::string("an operator could not be made: ") + error.what()));
    return;
  }
  run_.driver->set_directory(directory_);
  post(directory_->progress, Start{directory_});
  for (const caf::actor& instance : directory_->instances) {
    post(instance, Start{directory_});
  }
}

void Supervisor::end(base::Status status) {
  if (status_) {
    return;
  }
  status_ = std::move(status);
  for (const caf::actor& instance : directory_->instances) {
    stop(instance);
  }
  if (directory_->progress) {
    stop(directory_->progress);
  }
  if (alive_ == 0) {
    run_.driver->finish(*status_);
    quit();
  }
}

void Supervisor::on_down(const caf::down_msg& down) {
  --alive_;
  if (!status_) {
    end(base::Status(base::Code::failed,
                     "an actor of the dataflow ended on its own: " + caf::to_string(down.reason)));
  }
  if (alive_ == 0) {
    directory_.reset();
    run_.driver->finish(*status_);
    quit();
  }
}

}  // namespace eagre::actors
