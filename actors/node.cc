#include "actors/node.h"

#include <string>
#include <utility>

namespace eagre::actors {

Node::Node(caf::actor_config& config) : caf::event_based_actor(config) {
  set_down_handler([this](caf::down_msg& down) {
    // A supervisor that ended in order has told the end already; then this changes nothing.
    driver_->finish(
        base::Status(base::Code::failed,
                     "the dataflow's supervisor ended on its own: " + caf::to_string(down.reason)));
    quit();
  });
}

caf::behavior Node::make_behavior() {
  return {
      [this](RunDataflow& message) {
        driver_ = message.run.driver;
        supervisor_ = spawn<Supervisor, caf::monitored>(std::move(message.run));
      },
      [this](Cancel) { post(supervisor_, Cancel{}); },
  };
}

}  // namespace eagre::actors
