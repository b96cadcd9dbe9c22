// TLS over one socket, as a node speaks it: both ends show a certificate of the cluster's
// authority, TLS 1.3 only.
//
// Laws: what happens on one connection does not touch another one: OpenSSL keeps errors by thread,
// and each call begins without any. Nothing of the other end is handed on before its certificate is
// verified. A connection on which nothing has come yet costs little memory.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/cluster_spec.h"

namespace eagre::actors {

// What all sessions of a process share: certificate, key and authority.
// Threads: safe from any thread.
class TlsContext {
 public:
  // Code::usage, with the file and OpenSSL's reason, when one of them will not do.
  static base::Result<TlsContext> make(const control::Tls& files);

  SSL_CTX* get() const { return context_.get(); }

 private:
  TlsContext() = default;

  std::shared_ptr<SSL_CTX> context_;
};

// Threads: value.
class TlsSession {
 public:
  enum class Side { connects, accepts };

  // The socket does not block, belongs to the caller and must outlive this.
  TlsSession(TlsContext context, int socket, Side side);

  // Begins the handshake, which read() goes on with; false: it failed.
  bool begin() { return shake(); }
  // How many bytes were read or taken: 0 when the socket has to be waited for. None when the
  // connection is over. What is written before the handshake is done leaves with its end.
  std::optional<std::size_t> read(std::span<char> to);
  std::optional<std::size_t> write(std::span<const char> from);
  // What was received and can be read without the socket.
  std::size_t pending() const;
  // The other end has shown a certificate that will do.
  bool is_established() const { return established_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  bool open();
  bool shake();

  TlsContext context_;
  // At an address that OpenSSL can be given.
  std::unique_ptr<int> socket_;
  Side side_;
  std::unique_ptr<SSL, Free> ssl_;
  bool established_ = false;
  std::vector<char> early_;
};

}  // namespace eagre::actors
