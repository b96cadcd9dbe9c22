// Delivers capabilities once their time is complete, least times first (Naiad's OnNotify). Pending
// notifications are the operator's right to speak at those times, nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "runtime/data/snapshot.h"
#include "runtime/dataflow/context.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

enum class NotifyOrder {
  // Each time as soon as it is complete; if a time is delivered, so was everything before it.
  // Times that do not compare come in any order.
  as_complete,
  // In the lexicographic order of times, which is total: what is delivered when depends on no
  // schedule. A time waits until no time that sorts before it can come.
  sorted,
};

// Threads: confined to one actor.
class Notificator {
 public:
  void set_order(NotifyOrder order) { order_ = order; }

  // Asks to be told when the capability's time is complete. A second request at the same time
  // changes nothing: each time is delivered once.
  void notify_at(progress::Capability capability);
  bool pending(const progress::Time& time) const {
    return waiting_.contains(time) || ripe_.contains(time);
  }
  std::size_t size() const { return waiting_.size() + ripe_.size(); }
  // What is asked for, in a snapshot.
  void save(data::SnapshotWriter& writer) const;

  // Takes out the least time that is due. Cost: all that waits is looked at once for each move of
  // the frontier, and with one coordinate or in sorted order only what is due; the first each time.
  std::optional<progress::Capability> next(const Context& context);

 private:
  using Pending = std::map<progress::Time, progress::Capability, progress::LexicographicLess>;

  bool due(const progress::Time& time, const Context& context) const;
  void ripen(const Context& context);
  progress::Capability take_first(Pending& pending);

  NotifyOrder order_ = NotifyOrder::as_complete;
  Pending waiting_;
  Pending ripe_;
  // The node of the last one taken, for the next one asked for.
  Pending::node_type spare_;
  // What `waiting_` was last looked at for.
  std::uint64_t moves_ = 0;
  bool added_ = false;
};

}  // namespace eagre::dataflow
