// --progress: how fast records flow and how far the dataflow has come, on stderr, twice a second;
// a bar in a line that rewrites itself on a terminal, plain lines otherwise.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/live_driver.h"
#include "actors/run.h"

namespace eagre::actors {

// Shows from construction to destruction. Threads: one of its own.
class ProgressDisplay {
 public:
  ProgressDisplay(std::shared_ptr<const std::deque<InstanceCounters>> counters,
                  std::shared_ptr<LiveDriver> driver);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

 private:
  void show();
  void print(bool last);

  std::shared_ptr<const std::deque<InstanceCounters>> counters_;
  std::shared_ptr<LiveDriver> driver_;
  bool terminal_;
  std::uint64_t shown_records_ = 0;
  // Times that records were handled since the time before.
  std::size_t steps_ = 0;
  std::chrono::steady_clock::time_point shown_at_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace eagre::actors
