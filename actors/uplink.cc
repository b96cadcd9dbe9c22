#include "actors/uplink.h"

#include <utility>

#include "actors/seam.h"

namespace eagre::actors {

Uplink::Uplink(Worker* home, std::uint32_t self, progress::Generation generation,
               caf::actor gateway, std::vector<caf::actor> gateways)
    : Pinned(home, true),
      self_(self),
      generation_(generation),
      gateway_(std::move(gateway)),
      gateways_(std::move(gateways)),
      packets_(gateways_.size()) {}

bool Uplink::turn() {
  for (std::uint32_t process = 0; process < packets_.size(); ++process) {
    send(process);
  }
  return false;
}

void Uplink::send(std::uint32_t process) {
  control::PacketWriter& packet = packets_[process];
  if (!packet.empty()) {
    post_as(gateway_, gateways_[process], Packet{self_, generation_.value(), packet.take()});
  }
}

}  // namespace eagre::actors
