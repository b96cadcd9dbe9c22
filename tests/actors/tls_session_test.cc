// TLS between two ends of a socket pair, and who waits to show a certificate.
// Apart: what goes wrong on one connection does not end another one. Let in: only who has a
// certificate of the authority, at both ends. Early: what is written before the handshake is done
// arrives. Seats: who has waited longest goes.
#include "actors/tls_session.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/anteroom.h"
#include "tests/support/folder.h"

namespace eagre::actors {
namespace {

using Side = TlsSession::Side;

// A key, and a certificate that certifies itself: node and authority in one.
control::Tls self_signed(const testing::Folder& folder, const std::string& name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* const subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_sign(made.get(), key.get(), EVP_sha256());
  const std::string certificate = folder.path() + "/" + name + ".pem";
  const std::string key_file = folder.path() + "/" + name + ".key";
  std::FILE* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, made.get());
  std::fclose(file);
  file = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  return {certificate, key_file, certificate};
}

class Ends {
 public:
  Ends() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()) == 0); }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() {
    for (const int end : ends_) {
      close(end);
    }
  }
  int operator[](std::size_t i) const { return ends_[i]; }
  // The other one sees the end of it.
  void end(std::size_t i) {
    close(ends_[i]);
    ends_[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
  }

 private:
  std::array<int, 2> ends_{};
};

std::optional<std::string> read(TlsSession& from) {
  std::array<char, 100> bytes{};
  const std::optional<std::size_t> n = from.read(bytes);
  return n ? std::optional(std::string(bytes.data(), *n)) : std::nullopt;
}

// A connection whose handshake is done, or has failed.
struct Link {
  Link(const TlsContext& client_context, const TlsContext& server_context)
      : client(client_context, ends[0], Side::connects),
        server(server_context, ends[1], Side::accepts) {
    client.begin();
    while (!(client.is_established() && server.is_established()) && read(server) && read(client)) {
    }
  }

  Ends ends;
  TlsSession client;
  TlsSession server;
};

TlsContext context_of(const control::Tls& files) {
  const base::Result<TlsContext> context = TlsContext::make(files);
  REQUIRE(context.ok());
  return context.value();
}

TEST_CASE("what is written at one end is read at the other one") {
  const testing::Folder folder;
  const TlsContext context = context_of(self_signed(folder, "node"));
  Link link(context, context);
  REQUIRE(link.server.is_established());
  CHECK(link.client.write(std::string_view("tide")) == 4);
  CHECK(read(link.server) == "tide");
  CHECK(read(link.server) == "");
  CHECK(link.server.write(std::string_view("bore")) == 4);
  CHECK(read(link.client) == "bore");
}

TEST_CASE("what is written before the handshake is done arrives after it") {
  const testing::Folder folder;
  const TlsContext context = context_of(self_signed(folder, "node"));
  const Ends ends;
  TlsSession server(context, ends[1], Side::accepts);
  CHECK(server.write(std::string_view("wel")) == 3);
  CHECK(server.write(std::string_view("come")) == 4);
  TlsSession client(context, ends[0], Side::connects);
  REQUIRE(client.begin());
  std::optional<std::string> got = "";
  for (int i = 0; i < 10 && got == ""; ++i) {
    REQUIRE(read(server));
    got = read(client);
  }
  CHECK(got == "welcome");
}

TEST_CASE("a connection outlives what goes wrong on others") {
  const testing::Folder folder;
  const TlsContext context = context_of(self_signed(folder, "node"));
  const TlsContext stranger = context_of(self_signed(folder, "stranger"));
  Link link(context, context);
  REQUIRE(link.server.is_established());
  for (int i = 0; i < 2; ++i) {
    if (i == 0) {
      const Ends ends;
      TlsSession server(context, ends[1], Side::accepts);
      REQUIRE(write(ends[0], "GET / HTTP/1.1", 14) == 14);
      REQUIRE_FALSE(read(server));
    } else {
      const Link refused(stranger, context);
      REQUIRE_FALSE(refused.server.is_established());
    }
    CHECK(read(link.server) == "");
    CHECK(link.server.write(std::string_view("still here")) == 10);
    CHECK(read(link.client) == "still here");
  }
}

TEST_CASE("both ends need a certificate of the authority") {
  const testing::Folder folder;
  const control::Tls node = self_signed(folder, "node");
  control::Tls credulous = self_signed(folder, "other");
  const TlsContext ours = context_of(node);
  const TlsContext theirs = context_of(credulous);
  credulous.ca = node.certificate;
  const TlsContext stranger = context_of(credulous);
  CHECK_FALSE(Link(theirs, ours).server.is_established());
  CHECK_FALSE(Link(ours, theirs).client.is_established());
  // It trusts the node, which does not trust it.
  CHECK_FALSE(Link(stranger, ours).server.is_established());
  CHECK_FALSE(Link(ours, stranger).client.is_established());
}

TEST_CASE("the end of a connection is told to both who reads and who writes") {
  const testing::Folder folder;
  const TlsContext context = context_of(self_signed(folder, "node"));
  Link link(context, context);
  REQUIRE(link.server.is_established());
  link.ends.end(0);
  CHECK_FALSE(link.server.write(std::string_view("to nobody")));
  CHECK_FALSE(read(link.server));
}

TEST_CASE("a full connection takes the rest later") {
  const testing::Folder folder;
  const TlsContext context = context_of(self_signed(folder, "node"));
  Link link(context, context);
  REQUIRE(link.server.is_established());
  const std::string much(std::size_t{8} << 20, 'x');
  std::size_t received = 0;
  const auto take_all = [&] {
    std::vector<char> bytes(100'000);
    std::optional<std::size_t> n;
    while ((n = link.server.read(bytes)).value_or(0) != 0) {
      received += *n;
    }
    REQUIRE(n);
  };
  bool was_full = false;
  for (std::string_view left = much; !left.empty();) {
    // As another connection may have left it.
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_PACKET);
    const std::optional<std::size_t> n = link.client.write(left);
    REQUIRE(n);
    left.remove_prefix(*n);
    if (*n == 0) {
      was_full = true;
      take_all();
    }
  }
  take_all();
  CHECK(received == much.size());
  CHECK(was_full);
}

TEST_CASE("files that cannot be used are named") {
  const testing::Folder folder;
  const control::Tls node = self_signed(folder, "node");
  const control::Tls other = self_signed(folder, "other");
  const auto said = [](const control::Tls& files) {
    return TlsContext::make(files).status().message();
  };
  CHECK(said({node.key, node.key, node.ca}).starts_with("the certificate " + node.key));
  CHECK(said({node.certificate, other.key, node.ca}).starts_with("the key " + other.key));
  CHECK(said({node.certificate, node.key, node.key}).starts_with("the authority " + node.key));
}

TEST_CASE("who has waited longest for a handshake goes when all seats are taken") {
  Anteroom anteroom;
  const std::vector<Ends> connections(Anteroom::kSeats + 2);
  const auto is_over = [&](std::size_t i) {
    pollfd readable{connections[i][0], POLLIN, 0};
    return poll(&readable, 1, 0) == 1;
  };
  std::vector<std::uint64_t> tickets;
  for (std::size_t i = 0; i < Anteroom::kSeats; ++i) {
    tickets.push_back(anteroom.enter(connections[i][1]));
  }
  CHECK_FALSE(is_over(0));
  // It has shown its certificate.
  anteroom.leave(tickets[0]);
  anteroom.enter(connections[Anteroom::kSeats][1]);
  CHECK_FALSE(is_over(0));
  CHECK_FALSE(is_over(1));
  anteroom.enter(connections[Anteroom::kSeats + 1][1]);
  CHECK_FALSE(is_over(0));
  CHECK(is_over(1));
  CHECK_FALSE(is_over(2));
}

}  // namespace
}  // namespace eagre::actors
