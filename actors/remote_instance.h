// What stands for an operator instance of another process: an actor of this one that takes requests
// for it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "actors/messages.h"
#include "actors/seam.h"

namespace eagre::actors {

// Ends with the gateway.
// Threads: confined to one actor.
class RemoteInstance final : public Shell {
 public:
  RemoteInstance(caf::actor_config& config, caf::actor gateway, std::uint32_t node,
                 std::uint32_t worker)
      : Shell(config), gateway_(std::move(gateway)), node_(node), worker_(worker) {}

  const char* name() const override { return "eagre.remote_instance"; }
  caf::behavior make_behavior() override {
    monitor(gateway_);
    return {[this](Ask& ask) {
      delegate(gateway_, AskThere{node_, worker_, std::move(ask.request)});
    }};
  }
  void on_exit() override { gateway_ = nullptr; }

 private:
  void on_end_of(const caf::actor_addr&, const std::string&) override { quit(); }

  caf::actor gateway_;
  std::uint32_t node_;
  std::uint32_t worker_;
};

}  // namespace eagre::actors
