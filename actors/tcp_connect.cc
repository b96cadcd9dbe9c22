#include "actors/tcp_connect.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace eagre::actors {
namespace {

bool is_connected(int socket, const addrinfo& to, std::chrono::milliseconds patience) {
  if (connect(socket, to.ai_addr, to.ai_addrlen) == 0) {
    return true;
  }
  pollfd writable{socket, POLLOUT, 0};
  if (errno != EINPROGRESS || poll(&writable, 1, static_cast<int>(patience.count())) != 1) {
    return false;
  }
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace

int tcp_connect(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return -1;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* to = found; to != nullptr; to = to->ai_next) {
    const int socket =
        ::socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
    if (socket >= 0 && is_connected(socket, *to, patience)) {
      return socket;
    }
    if (socket >= 0) {
      close(socket);
    }
  }
  return -1;
}

}  // namespace eagre::actors
