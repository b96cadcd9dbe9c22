// Delivers capabilities once their time is complete, least times first (Naiad's OnNotify). Pending
// notifications are the operator's right to speak at those times, nothing else.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "runtime/dataflow/context.h"
#include "runtime/progress/capability.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

// Threads: confined to one actor.
class Notificator {
 public:
  // Asks to be told when the capability's time is complete. A second request at the same time
  // changes nothing: each time is delivered once.
  void notify_at(progress::Capability capability);
  bool pending(const progress::Time& time) const { return pending_.contains(time); }
  std::size_t size() const { return pending_.size(); }

  // Takes out the least complete time, in the lexicographic order, which extends the order of
  // times: if a time is delivered, so was everything before it.
  std::optional<progress::Capability> next(const Context& context);

 private:
  std::map<progress::Time, progress::Capability, progress::LexicographicLess> pending_;
};

}  // namespace eagre::dataflow
