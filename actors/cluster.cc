#include "actors/cluster.h"

#include <fmt/core.h>

#include <algorithm>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "actors/gateway.h"
#include "actors/pinned_scheduler.h"
#include "actors/seam.h"
#include "actors/tls_network.h"
#include "runtime/base/duration.h"
#include "runtime/base/log.h"
#include "runtime/control/membership.h"

namespace eagre::actors {
namespace {

using namespace std::chrono_literals;

// A node that is not there yet is looked for that often.
constexpr std::chrono::milliseconds kRetry{20};
// While one is asked, it is looked that often whether joining is over.
constexpr std::chrono::milliseconds kLook{50};
// Whom this node waits for is told that often.
constexpr std::chrono::seconds kTellWaiting{2};

}  // namespace

void Cluster::configure(caf::actor_system_config& config, const ClusterOptions& options) {
  use_network(config, options.heartbeat, options.heartbeat_timeout);
  if (options.tls) {
    config.openssl_certificate = options.tls->certificate;
    config.openssl_key = options.tls->key;
    config.openssl_cafile = options.tls->ca;
    config.load<caf::io::middleman, TlsNetwork>();
  } else {
    config.load<caf::io::middleman>();
  }
}

Cluster::Cluster(caf::actor_system& system, const ClusterOptions& options, control::Hello self,
                 std::optional<Started> started)
    : system_(system),
      options_(options),
      self_(std::move(self)),
      started_(started),
      deadline_(std::chrono::steady_clock::now() + options.join_timeout) {
  Worker& home = Workers::of(system)->worker(0);
  gateway_ = system.spawn<Gateway>(&home, control::Membership(self_, options_.nodes), state_);
}

Cluster::~Cluster() {
  stop(gateway_);
}

base::Status Cluster::join() {
  base::Result<std::uint16_t> port = open_port();
  if (!port.ok()) {
    return port.status();
  }
  if (started_) {
    base::Result<std::vector<std::uint16_t>> ports = exchange_ports(*started_, port.value());
    if (!ports.ok()) {
      return ports.status();
    }
    for (std::uint32_t node = 0; node < self_.nodes; ++node) {
      options_.nodes[node].port = ports.value()[node];
    }
    post(gateway_, Introduce{options_.nodes});
  }
  for (std::uint32_t node = 0; node < self_.node; ++node) {
    if (base::Status status = connect_to(node); !status.ok()) {
      return status;
    }
  }
  std::optional<base::Status> status;
  while (!status) {
    status = pause(kTellWaiting);
  }
  if (status->ok()) {
    base::log(base::LogLevel::info,
              fmt::format("node {} of {}: all nodes have joined", self_.node, self_.nodes));
  }
  return *status;
}

// Waits for `time`, or until it is known how joining ends: that is returned.
std::optional<base::Status> Cluster::pause(std::chrono::milliseconds time) {
  const auto now = std::chrono::steady_clock::now();
  if (now >= tell_at_) {
    tell_at_ = now + kTellWaiting;
    if (const std::string who = state_->waiting_for(); !who.empty()) {
      base::log(base::LogLevel::info, "waiting for " + who);
    }
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now);
  std::optional<base::Status> status = state_->wait_for(std::min(time, left));
  if (!status && std::chrono::steady_clock::now() >= deadline_) {
    status = base::Status(
        base::Code::lost,
        fmt::format("node {} waited {} for {}: start what is missing, or allow more time with "
                    "--join-timeout",
                    self_.node, base::to_string(options_.join_timeout), state_->waiting_for()));
  }
  return status;
}

base::Result<std::uint16_t> Cluster::open_port() {
  const control::Address& own = options_.nodes[self_.node];
  const auto port = system_.middleman().publish(gateway_, own.port, own.host.c_str(), true);
  if (!port) {
    return base::Status(base::Code::failed,
                        fmt::format("node {} cannot open its port {}: {}", self_.node,
                                    to_string(own), system_.render(port.error())));
  }
  return *port;
}

base::Status Cluster::connect_to(std::uint32_t node) {
  const control::Address& address = options_.nodes[node];
  const caf::scoped_actor self(system_);
  for (;;) {
    // An answer may take long, and is then waited for no longer than for the other nodes.
    self->send(system_.middleman().actor_handle(), caf::connect_atom_v, address.host, address.port);
    bool answered = false;
    caf::actor gateway;
    while (!answered) {
      self->receive(
          [&](const caf::node_id&, const caf::strong_actor_ptr& found,
              const std::set<std::string>&) {
            answered = true;
            gateway = caf::actor_cast<caf::actor>(found);
          },
          [&](const caf::error&) { answered = true; }, caf::after(kLook) >> [] {});
      if (const std::optional<base::Status> status = pause(answered && !gateway ? kRetry : 0ms)) {
        return *status;
      }
    }
    if (gateway) {
      post(gateway_, Connect{node, std::move(gateway)});
      return {};
    }
  }
}

}  // namespace eagre::actors
