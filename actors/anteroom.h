// Connections whose other end has not shown who it is. Only so many may wait: when another one
// comes, the one that has waited longest has to go. So who connects and says nothing takes neither
// memory nor descriptors without bound, and keeps nobody out who says something at once.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace eagre::actors {

// Threads: safe from any thread.
class Anteroom {
 public:
  // The nodes of a large cluster may all come at once.
  static constexpr std::size_t kSeats = 256;

  // A ticket for leave(), which must be called before the socket is closed.
  std::uint64_t enter(int socket) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() == kSeats) {
      // Whoever reads from it is told that the connection is over.
      shutdown(waiting_.begin()->second, SHUT_RDWR);
      waiting_.erase(waiting_.begin());
    }
    waiting_.emplace(next_, socket);
    return next_++;
  }
  void leave(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(ticket);
  }

 private:
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, int> waiting_;
};

}  // namespace eagre::actors
