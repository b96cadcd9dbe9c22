// The right to send at event times to come, for what waits for them: few capabilities, of which
// none covers another. They move with the input's epochs, so that what waits for event time never
// holds an epoch back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/data/snapshot.h"
#include "runtime/dataflow/context.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/event_time.h"

namespace eagre::windows {

// Threads: confined to one actor.
class HeldTimes {
 public:
  // From now on one may send at `event_time`. hold: () -> Capability at that event time, or before
  // it; called if there is none yet.
  template <class Hold>
  void cover(std::int64_t event_time, Hold&& hold) {
    if (find(event_time) == nullptr) {
      held_.push_back(hold());
    }
  }

  // The right to send at `event_time`, which is covered.
  progress::Capability at(std::int64_t event_time) const;

  // The input has come to `epoch` (none: to its end), and the least event time at which something
  // will be sent is `event_time` (none: nothing will).
  void move_on(std::optional<std::uint64_t> epoch, std::optional<std::int64_t> event_time);

  bool empty() const { return held_.empty(); }

  void save(data::SnapshotWriter& writer) const;
  // In Operator::restore; adds to what is held.
  void restore(data::SnapshotReader& reader, dataflow::Context& context);

 private:
  const progress::Capability* find(std::int64_t event_time) const;

  std::vector<progress::Capability> held_;
};

}  // namespace eagre::windows
