#include "actors/seam.h"

#include <caf/atom.hpp>
#include <caf/sec.hpp>
#include <exception>

namespace eagre::actors {
namespace {

caf::error reason_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return caf::make_error(caf::sec::runtime_error, std::string(error.what()));
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error,
                           std::string("an exception that is no std::exception"));
  }
}

std::string text_of(const caf::error& reason) {
  return reason == caf::exit_reason::remote_link_unreachable
             ? "its process ended, or nothing came from it any more"
             : caf::to_string(reason);
}

}  // namespace

void use_caf_scheduler(caf::actor_system_config& config, std::size_t threads) {
  config.set("scheduler.max-threads", threads);
  config.set("scheduler.policy", caf::atom("sharing"));
}

void use_network(caf::actor_system_config& config, std::chrono::milliseconds heartbeat,
                 std::chrono::milliseconds timeout) {
  config.add_message_type<Packet>("eagre.packet");
  config.set("middleman.enable-automatic-connections", false);
  // What comes is decoded where it is read: one hand-over less.
  config.set("middleman.workers", std::size_t{0});
  config.set("middleman.heartbeat-interval", caf::timespan(heartbeat));
  config.set("middleman.connection-timeout", caf::timespan(timeout));
}

Shell::Shell(caf::actor_config& config) : caf::event_based_actor(config) {
  set_default_handler([this](caf::scheduled_actor* actor, caf::message_view& message) {
    on_unknown();
    return caf::drop(actor, message);
  });
  set_exception_handler([](const std::exception_ptr& exception) { return reason_of(exception); });
  set_down_handler(
      [this](const caf::down_msg& down) { on_end_of(down.source, text_of(down.reason)); });
}

void Shell::on_unknown() {}

void Shell::on_end_of(const caf::actor_addr&, const std::string&) {}

}  // namespace eagre::actors
