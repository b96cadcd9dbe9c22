#include "runtime/dataflow/notificator.h"

#include <utility>

namespace eagre::dataflow {

void Notificator::notify_at(progress::Capability capability) {
  progress::Time time = capability.time();
  pending_.try_emplace(std::move(time), std::move(capability));
}

std::optional<progress::Capability> Notificator::next(const Context& context) {
  for (auto it = pending_.begin(); it != pending_.end(); ++it) {
    if (context.complete(it->first)) {
      std::optional<progress::Capability> capability(std::move(it->second));
      pending_.erase(it);
      return capability;
    }
  }
  return std::nullopt;
}

}  // namespace eagre::dataflow
