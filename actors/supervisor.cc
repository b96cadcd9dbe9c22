#include "actors/supervisor.h"

#include <fmt/core.h>

#include <exception>
#include <utility>

#include "actors/operator_actor.h"
#include "actors/progress_actor.h"
#include "actors/uplink.h"

namespace eagre::actors {

caf::behavior Supervisor::make_behavior() {
  return {
      [this](const Begin& message) { begin(*message.run); },
      [this](const Failed& message) { end(dataflow::to_status(message.failure)); },
      [this](Completed) {
        completed_ = true;
        end_if_done();
      },
      [this](Release) {
        released_ = true;
        end_if_done();
      },
      [this](Cancel& message) { end(std::move(message.status)); },
      [this](EndedElsewhere& message) { end(std::move(message.status)); },
      [this](Ended) {
        if (directory_->gateway) {
          post(directory_->gateway, Leave{});
        } else {
          conclude();
        }
      },
      [this](Alone) { conclude(); },
  };
}

void Supervisor::on_exit() {
  if (directory_ != nullptr) {
    for (const caf::actor& instance : directory_->instances) {
      if (instance) {
        stop(instance);
      }
    }
    if (directory_->progress) {
      stop(directory_->progress);
    }
    directory_.reset();
  }
}

void Supervisor::begin(const Run& run) {
  directory_ = std::make_shared<Directory>();
  directory_->deployment = run.deployment;
  directory_->driver = run.driver;
  directory_->supervisor = self();
  directory_->gateway = run.gateway;
  directory_->checkpoint_plan = run.checkpoint_plan;
  directory_->checkpoints = run.checkpoints;
  directory_->restored = run.restored;
  workers_ = Workers::of(home_system());
  if (workers_ != nullptr) {
    workers_->keep(directory_);
    // A loop that sleeps in the network cannot be borrowed.
    directory_->lead = workers_->in_network() ? nullptr : &workers_->worker(0);
    for (std::size_t i = 0; run.gateway && i < workers_->count(); ++i) {
      directory_->uplinks.push_back(std::make_unique<Uplink>(
          &workers_->worker(i), run.deployment->settings().process,
          run.deployment->settings().generation, run.gateway, run.gateways));
    }
  }
  try {
    if (base::Status status = spawn_all(run); !status.ok()) {
      end(std::move(status));
      return;
    }
  } catch (const dataflow::MisuseError& error) {
    end(base::Status(base::Code::usage, error.what()));
    return;
  } catch (...) {
    end(api::operator_not_made());
    return;
  }
  run.driver->set_directory(directory_);
  post(directory_->progress, Start{directory_});
  for (const caf::actor& instance : directory_->instances) {
    if (instance) {
      post(instance, Start{directory_});
    }
  }
  if (run.gateway) {
    post(run.gateway, Open{directory_});
  }
}

base::Status Supervisor::spawn_all(const Run& run) {
  const api::Deployment& deployment = *run.deployment;
  const std::uint32_t workers = deployment.settings().workers;
  directory_->instances.resize(deployment.instances());
  directory_->operators.resize(deployment.instances());
  for (std::uint32_t node = 0; node < deployment.nodes(); ++node) {
    for (std::uint32_t worker = deployment.first_worker(); deployment.is_own(worker); ++worker) {
      const std::uint32_t instance = deployment.instance(node, worker);
      std::unique_ptr<dataflow::Operator> op = run.factories[node](worker, workers);
      dataflow::HostSpec spec = deployment.host(node, worker);
      if (spec.checkpoints) {
        base::Status status = api::check_recovers(deployment, node, *op, run.restored.get());
        if (!status.ok()) {
          return status;
        }
      }
      directory_->instances[instance] = spawn_watched<OperatorActor>(
          home_of(worker), std::move(spec), node, std::move(op), (*run.counters)[instance]);
      directory_->operators[instance] = object_of<OperatorActor>(directory_->instances[instance]);
      ++alive_;
    }
  }
  directory_->progress =
      spawn_watched<ProgressActor>(home_of(deployment.first_worker()), deployment, run.manifest);
  directory_->tracker = object_of<ProgressActor>(directory_->progress);
  ++alive_;
  return {};
}

// Workers of the dataflow share the loops if they are more.
Worker* Supervisor::home_of(std::uint32_t worker) const {
  if (workers_ == nullptr) {
    return nullptr;
  }
  return &workers_->worker((worker - directory_->deployment->first_worker()) % workers_->count());
}

void Supervisor::end_if_done() {
  if (completed_ && released_) {
    end(base::Status());
  }
}

void Supervisor::end(base::Status status) {
  // A failure replaces a good end that is not told yet, nothing else replaces anything.
  if (status_ && (!status_->ok() || status.ok())) {
    return;
  }
  status_ = std::move(status);
  for (const caf::actor& instance : directory_->instances) {
    if (!instance) {
      continue;
    }
    if (status_->ok()) {
      post(instance, Stop{});
    } else {
      stop(instance);
    }
  }
  if (directory_->gateway) {
    post(directory_->gateway, TellEnd{*status_});
  }
  if (directory_->progress) {
    stop(directory_->progress);
  }
  conclude_if_alone();
}

// The end goes through the mailbox: news of an actor's end may overtake what it told before.
void Supervisor::conclude_if_alone() {
  if (alive_ == 0) {
    post(self(), Ended{});
  }
}

void Supervisor::conclude() {
  directory_->driver->finish(*status_);
  quit();
}

void Supervisor::on_end_of(const caf::actor_addr& actor, const std::string& reason) {
  --alive_;
  if (!status_) {
    end(base::Status(base::Code::failed,
                     fmt::format("{} ended on its own: {}", describe(actor), reason)));
  } else {
    conclude_if_alone();
  }
}

std::string Supervisor::describe(const caf::actor_addr& actor) const {
  for (std::size_t i = 0; i < directory_->instances.size(); ++i) {
    if (directory_->instances[i].address() == actor) {
      const std::uint32_t workers = directory_->deployment->settings().workers;
      const auto instance = static_cast<std::uint32_t>(i);
      return fmt::format("operator \"{}\" on worker {}",
                         directory_->deployment->host(instance / workers, 0).name,
                         instance % workers);
    }
  }
  return "the progress actor";
}

}  // namespace eagre::actors
