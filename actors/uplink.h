// A worker's way out of its process: what its actors send to other processes is gathered in one
// packet a process, which leaves when it is large enough, or when nothing else is ready on the
// worker.
//
// Law: what one actor sends to one process arrives in the order in which it was sent.
#pragma once

#include <caf/actor.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/worker.h"
#include "runtime/base/check.h"
#include "runtime/base/status.h"
#include "runtime/control/packet.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::actors {

// Threads: confined to one worker.
class Uplink final : public Pinned {
 public:
  // From process `self`, in the name of its `gateway`; `gateways`: of the other processes, by
  // index.
  Uplink(Worker* home, std::uint32_t self, progress::Generation generation, caf::actor gateway,
         std::vector<caf::actor> gateways);

  // write: (control::PacketWriter&) -> base::Status. What is written is sent soon.
  template <class Write>
  void write(std::uint32_t process, Write&& write) {
    control::PacketWriter& packet = packets_[process];
    if (!write(packet).ok()) {
      // A packet has a greatest size, which a single message never reaches.
      send(process);
      const base::Status status = write(packet);
      EAGRE_CHECK(status.ok(), "{}", status.message());
    }
    if (packet.full()) {
      send(process);
    } else {
      ready();
    }
  }
  // To every other process.
  template <class Write>
  void write_to_all(Write&& write) {
    for (std::uint32_t process = 0; process < gateways_.size(); ++process) {
      if (process != self_) {
        this->write(process, write);
      }
    }
  }

  void take(Parcel&) override {}
  bool turn() override;

 private:
  void send(std::uint32_t process);

  std::uint32_t self_;
  progress::Generation generation_;
  caf::actor gateway_;
  std::vector<caf::actor> gateways_;
  std::vector<control::PacketWriter> packets_;
};

}  // namespace eagre::actors
