// How a process becomes a node of a cluster: it opens its port, finds the other nodes, and waits
// until all have let each other in. Between nodes there is CAF's own network protocol (BASP), one
// connection a pair: a node connects to those with lower numbers.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/join_state.h"
#include "actors/options.h"
#include "actors/processes.h"
#include "runtime/base/status.h"
#include "runtime/control/handshake.h"

namespace eagre::actors {

// Threads: confined to the thread that starts the dataflow.
class Cluster {
 public:
  // For the system that the node will run in.
  static void configure(caf::actor_system_config& config, const ClusterOptions& options);

  // `self`: what this node says of itself to the others. `started`: if another process started it.
  Cluster(caf::actor_system& system, const ClusterOptions& options, control::Hello self,
          std::optional<Started> started);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Returns when all nodes are there: Code::lost when one does not come in time, Code::refused when
  // this one is not let in, Code::failed when its port cannot be opened.
  base::Status join();
  // Ends a join(), from any thread.
  void interrupt(base::Status status) { state_->settle(std::move(status)); }

  const caf::actor& gateway() const { return gateway_; }
  // Of all nodes, by index; the own one is invalid. After join().
  std::vector<caf::actor> gateways() const { return state_->gateways(); }

 private:
  base::Result<std::uint16_t> open_port();
  base::Status connect_to(std::uint32_t node);
  std::optional<base::Status> pause(std::chrono::milliseconds time);

  caf::actor_system& system_;
  ClusterOptions options_;
  control::Hello self_;
  std::optional<Started> started_;
  std::shared_ptr<JoinState> state_ = std::make_shared<JoinState>();
  caf::actor gateway_;
  std::chrono::steady_clock::time_point deadline_;
  // When to tell for whom this node waits.
  std::chrono::steady_clock::time_point tell_at_;
};

}  // namespace eagre::actors
