#include "actors/node.h"

#include <utility>

#include "actors/run.h"
#include "actors/supervisor.h"

namespace eagre::actors {

caf::behavior Node::make_behavior() {
  return {
      [this](Begin& message) {
        driver_ = message.run->driver;
        supervisor_ = spawn_watched<Supervisor>();
        post(supervisor_, std::move(message));
      },
      [this](Release message) { post(supervisor_, message); },
      [this](Cancel& message) { post(supervisor_, std::move(message)); },
  };
}

void Node::on_end_of(const caf::actor_addr&, const std::string& reason) {
  // A supervisor that ended in order has told the end already; then this changes nothing.
  driver_->finish(
      base::Status(base::Code::failed, "the dataflow's supervisor ended on its own: " + reason));
  quit();
}

}  // namespace eagre::actors
