#include "actors/tls_session.h"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace eagre::actors {
namespace {

// OpenSSL's own socket BIO would raise SIGPIPE when the other end is gone.

int socket_of(BIO* bio) {
  return *static_cast<const int*>(BIO_get_data(bio));
}

bool is_busy() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int send_some(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = send(socket_of(bio), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && is_busy()) {
    BIO_set_retry_write(bio);
  }
  return static_cast<int>(n);
}

int receive_some(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = recv(socket_of(bio), to, static_cast<std::size_t>(size), 0);
  if (n < 0 && is_busy()) {
    BIO_set_retry_read(bio);
  }
  return static_cast<int>(n);
}

long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "eagre socket");
    BIO_meth_set_write(made, send_some);
    BIO_meth_set_read(made, receive_some);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

base::Status refused(std::string_view what, const std::string& path) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  return {base::Code::usage, fmt::format("{} {} cannot be used: {}", what, path, reason.data())};
}

bool would_block(SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

}  // namespace

base::Result<TlsContext> TlsContext::make(const control::Tls& files) {
  ERR_clear_error();
  TlsContext made;
  made.context_.reset(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  SSL_CTX* const context = made.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) {
    return base::Status(base::Code::failed, "OpenSSL offers no TLS 1.3");
  }
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return refused("the certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return refused("the key", files.key);
  }
  if (SSL_CTX_load_verify_locations(context, files.ca.c_str(), nullptr) != 1) {
    return refused("the authority", files.ca);
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // A link is made once: nothing is to be resumed.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  return made;
}

TlsSession::TlsSession(TlsContext context, int socket, Side side)
    : context_(std::move(context)), socket_(std::make_unique<int>(socket)), side_(side) {}

bool TlsSession::open() {
  ssl_.reset(SSL_new(context_.get()));
  BIO* const bio = BIO_new(socket_method());
  if (ssl_ == nullptr || bio == nullptr) {
    BIO_free(bio);
    return false;
  }
  BIO_set_data(bio, socket_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  if (side_ == Side::connects) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
  return true;
}

bool TlsSession::shake() {
  if (established_) {
    return true;
  }
  ERR_clear_error();
  if (ssl_ == nullptr && !open()) {
    return false;
  }
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    // Not to be written to: what a handshake sends fits into the buffer of a new socket.
    return SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ;
  }
  established_ = true;
  const std::vector<char> early = std::exchange(early_, {});
  return early.empty() || write(early) == early.size();
}

std::optional<std::size_t> TlsSession::read(std::span<char> to) {
  if (!shake()) {
    return std::nullopt;
  }
  if (!established_) {
    return 0;
  }
  ERR_clear_error();
  std::size_t n = 0;
  const int result = SSL_read_ex(ssl_.get(), to.data(), to.size(), &n);
  if (result == 1 || would_block(ssl_.get(), result)) {
    return n;
  }
  return std::nullopt;
}

std::optional<std::size_t> TlsSession::write(std::span<const char> from) {
  if (!established_) {
    early_.insert(early_.end(), from.begin(), from.end());
    return from.size();
  }
  ERR_clear_error();
  std::size_t n = 0;
  const int result = SSL_write_ex(ssl_.get(), from.data(), from.size(), &n);
  if (result == 1 || would_block(ssl_.get(), result)) {
    return n;
  }
  return std::nullopt;
}

std::size_t TlsSession::pending() const {
  return established_ ? static_cast<std::size_t>(SSL_pending(ssl_.get())) : 0;
}

}  // namespace eagre::actors
