// What a worker's loop looks after beside its actors, and sleeps on: the network.
#pragma once

#include <atomic>

namespace eagre::actors {

// Threads: what is said below.
class Outside {
 public:
  Outside() = default;
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;
  virtual ~Outside() = default;

  // ---- whoever runs the loop
  // Works off what has come, without waiting. Returns whether there was anything.
  virtual bool look() = 0;
  // Waits until something comes, and works it off; returns at once if `rung`, and soon after a
  // wake() that was called with `rung` set. False, at once, if one cannot wait here any more.
  virtual bool sleep(const std::atomic<bool>& rung) = 0;

  // ---- from any thread
  virtual void wake() = 0;
};

}  // namespace eagre::actors
