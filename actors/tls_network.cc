#include "actors/tls_network.h"

#include <unistd.h>

#include <caf/actor_system_config.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/io/scribe.hpp>
#include <caf/make_counted.hpp>
#include <caf/sec.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "actors/tcp_connect.h"

namespace eagre::actors {
namespace {

namespace network = caf::io::network;

// How long an address may take to answer. It is asked again; and the process cannot end before.
constexpr std::chrono::milliseconds kPatience{500};

TlsContext context_of(const caf::actor_system_config& config) {
  base::Result<TlsContext> context =
      TlsContext::make({config.openssl_certificate, config.openssl_key, config.openssl_cafile});
  if (!context.ok()) {
    throw std::runtime_error(context.status().message());
  }
  return std::move(context.value());
}

// How CAF's streams read and write.
class Policy {
 public:
  Policy(TlsSession session, std::shared_ptr<Anteroom> anteroom, std::uint64_t ticket)
      : session_(std::move(session)), anteroom_(std::move(anteroom)), ticket_(ticket) {}
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  ~Policy() { leave_anteroom(); }

  network::rw_state read_some(std::size_t& n, network::native_socket, void* to, std::size_t size) {
    return state_of(n, size == 0 ? 0 : session_.read({static_cast<char*>(to), size}));
  }
  network::rw_state write_some(std::size_t& n, network::native_socket, const void* from,
                               std::size_t size) {
    return state_of(n, size == 0 ? 0 : session_.write({static_cast<const char*>(from), size}));
  }
  bool must_read_more(network::native_socket, std::size_t threshold) const {
    return session_.pending() >= threshold;
  }

 private:
  network::rw_state state_of(std::size_t& n, std::optional<std::size_t> result) {
    if (session_.is_established()) {
      leave_anteroom();
    }
    n = result.value_or(0);
    return result ? network::rw_state::success : network::rw_state::failure;
  }
  void leave_anteroom() {
    if (anteroom_ != nullptr) {
      std::exchange(anteroom_, nullptr)->leave(ticket_);
    }
  }

  TlsSession session_;
  // Null when the other end has not to wait there, or no more.
  std::shared_ptr<Anteroom> anteroom_;
  std::uint64_t ticket_;
};

// As CAF's own, whose stream is of plain TCP.
class Scribe final : public caf::io::scribe {
 public:
  Scribe(network::default_multiplexer& multiplexer, network::native_socket socket,
         TlsSession session, std::shared_ptr<Anteroom> anteroom, std::uint64_t ticket)
      : caf::io::scribe(network::conn_hdl_from_socket(socket)),
        stream_(multiplexer, socket, std::move(session), std::move(anteroom), ticket) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!std::exchange(launched_, true)) {
      stream_.start(this);
    }
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  void flush() override { stream_.flush(this); }
  std::string addr() const override {
    const auto address = network::remote_addr_of_fd(stream_.fd());
    return address ? *address : std::string();
  }
  std::uint16_t port() const override {
    const auto port = network::remote_port_of_fd(stream_.fd());
    return port ? *port : std::uint16_t{0};
  }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

 private:
  bool launched_ = false;
  network::stream_impl<Policy> stream_;
};

}  // namespace

TlsNetwork::TlsNetwork(caf::actor_system* system)
    : default_multiplexer(system), context_(context_of(system->config())) {}

caf::io::scribe_ptr TlsNetwork::new_scribe(network::native_socket socket) {
  TlsSession session(context_, socket, TlsSession::Side::accepts);
  return caf::make_counted<Scribe>(*this, socket, std::move(session), anteroom_,
                                   anteroom_->enter(socket));
}

caf::expected<caf::io::scribe_ptr> TlsNetwork::new_tcp_scribe(const std::string& host,
                                                              std::uint16_t port) {
  const int socket = tcp_connect(host, port, kPatience);
  if (socket < 0) {
    return caf::sec::cannot_connect_to_node;
  }
  TlsSession session(context_, socket, TlsSession::Side::connects);
  if (!session.begin()) {
    close(socket);
    return caf::sec::cannot_connect_to_node;
  }
  return caf::make_counted<Scribe>(*this, socket, std::move(session), nullptr, 0);
}

}  // namespace eagre::actors
