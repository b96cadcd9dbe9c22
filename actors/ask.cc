#include "actors/ask.h"

namespace eagre {

caf::actor actor_of(const api::InstanceAddress& address) {
  const auto* actor = static_cast<const caf::actor*>(address.actor.get());
  return actor == nullptr ? caf::actor() : *actor;
}

}  // namespace eagre
