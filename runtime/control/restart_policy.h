// When a dataflow that was lost, or failed, is started again, and when it is given up: at most so
// many restarts within a time, each after a pause that doubles, and a part of it is chance, so that
// several programs do not stay in step.
//
// Laws: no window of time holds more than `most` restarts; lives of which none comes beyond the
// checkpoint that it began with are given up after `most` restarts, however long they take; pauses
// take at most half of a window, so that they alone never keep a storm of restarts going.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "runtime/base/random.h"
#include "runtime/base/status.h"
#include "runtime/control/checkpoint_folder.h"

namespace eagre::control {

// Threads: value.
struct RestartPolicy {
  std::uint64_t most = 20;
  std::chrono::milliseconds window{60'000};
  // The first restart waits for nothing, the second one so long, each further one twice as long, up
  // to a limit; and up to half of that more.
  std::chrono::milliseconds first_pause{50};
  std::chrono::milliseconds longest_pause{5000};
};

// The restarts of one dataflow. It reads no clock.
// Threads: value.
class Restarts {
 public:
  Restarts(const RestartPolicy& policy, base::Random random);

  // A life that began with the checkpoint `from`, or at the beginning, has ended at `now`, which
  // never goes back, because of `error`. How long to wait before the next one; or Code::failed,
  // with how many restarts there were in what time, and the error.
  base::Result<std::chrono::milliseconds> after(std::chrono::nanoseconds now,
                                                const std::optional<CheckpointId>& from,
                                                std::string_view error);

 private:
  // Ends of lives, each of which led to a restart: how many, and when the first one was.
  struct Row {
    std::uint64_t ends = 0;
    std::chrono::nanoseconds first{};
  };
  Row take_down(std::chrono::nanoseconds now, const std::optional<CheckpointId>& from);
  std::chrono::milliseconds pause(std::uint64_t ends);

  RestartPolicy policy_;
  base::Random random_;
  // Within the window.
  std::deque<std::chrono::nanoseconds> recent_;
  // Those in a row that began with the same checkpoint.
  Row stalled_;
  std::optional<CheckpointId> from_;
};

}  // namespace eagre::control
