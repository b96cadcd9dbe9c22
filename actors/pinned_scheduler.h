// A CAF scheduler whose workers are loops over pinned actors (worker.h). CAF's own jobs, an actor
// with mail, run in the same loops: those of a pinned actor on its worker, all others on whichever
// worker is free. All use of CAF's internals is here and in pinned_scheduler.cc.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "actors/worker.h"

namespace eagre::actors {

// Makes the actor system schedule on `threads` pinned workers. `spin`: how long an idle one looks
// for work before it sleeps; zero where a thread has no core of its own. `network`: the first one
// does the middleman's work too (network_loop.h), from Workers::enter_network() on.
void use_pinned_scheduler(caf::actor_system_config& config, std::size_t threads,
                          std::chrono::microseconds spin, bool network = false);

// The workers of a system under the pinned scheduler.
// Threads: safe from any thread.
class Workers {
 public:
  virtual ~Workers() = default;
  virtual Worker& worker(std::size_t index) = 0;
  virtual std::size_t count() const = 0;
  // Keeps something until all loops have ended: the actors that parcels are on their way to.
  virtual void keep(std::shared_ptr<const void> kept) = 0;
  // Whether the first worker does the network's work.
  virtual bool in_network() const = 0;
  // When the actor system is there, and before it ends. Not from a worker.
  virtual void enter_network() = 0;
  virtual void leave_network() = 0;

  // Null under another scheduler.
  static Workers* of(caf::actor_system& system);
};

}  // namespace eagre::actors
