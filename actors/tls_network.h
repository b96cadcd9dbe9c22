// CAF's network over TLS: a multiplexer whose connections, made or accepted, are TlsSessions. It
// takes the place of CAF's own TLS module (docs/decisions/0015-own-tls.md).
#pragma once

#include <caf/actor_system.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "actors/anteroom.h"
#include "actors/tls_session.h"

namespace eagre::actors {

// Loaded with the middleman, which makes it: certificate, key and authority are those of the actor
// system's configuration. Throws when they will not do.
// Threads: as CAF's multiplexer; new_tcp_scribe() from any thread.
class TlsNetwork final : public caf::io::network::default_multiplexer {
 public:
  explicit TlsNetwork(caf::actor_system* system);

  // A socket that was accepted.
  caf::io::scribe_ptr new_scribe(caf::io::network::native_socket socket) override;
  // Gives up after a moment when nobody answers there.
  caf::expected<caf::io::scribe_ptr> new_tcp_scribe(const std::string& host,
                                                    std::uint16_t port) override;

 private:
  TlsContext context_;
  // Outlives the connections, some of which end after this.
  std::shared_ptr<Anteroom> anteroom_ = std::make_shared<Anteroom>();
};

}  // namespace eagre::actors
