// CAF's network without a thread of its own: the loop of a worker does what CAF's multiplexer has
// to do, and sleeps in it. So what comes from another process is worked on by the thread that was
// woken up for it, and what is sent leaves from the thread that sends it: where there are as many
// workers as cores, a network thread would only take turns with them.
//
// A worker whose operators compute for long does not look at the network. A watchman does then, so
// that heartbeats go out and other nodes are heard.
#pragma once

#include <atomic>
#include <caf/io/network/multiplexer.hpp>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "actors/outside.h"

namespace eagre::actors {

// The multiplexer is that of a middleman with manual multiplexing, and must outlive this. While the
// loop is in charge it belongs to no thread: all that is handed to it goes through its pipe.
class NetworkLoop final : public Outside {
 public:
  explicit NetworkLoop(caf::io::network::multiplexer& network);
  ~NetworkLoop() override;

  bool look() override;
  bool sleep(const std::atomic<bool>& rung) override;
  void wake() override;

  // Before it and after stop() the loop leaves the network alone: it belongs to whoever makes and
  // ends the middleman. Both from a thread that does not run a worker's loop.
  void start();
  void stop();

 private:
  void watch();

  caf::io::network::multiplexer& network_;
  // Held by whoever is in the multiplexer.
  std::mutex mutex_;
  std::atomic<bool> in_charge_{false};
  // Grows whenever the loop has been here.
  std::atomic<std::uint64_t> visits_{0};
  std::mutex watchman_mutex_;
  std::condition_variable over_;
  std::thread watchman_;
};

}  // namespace eagre::actors
