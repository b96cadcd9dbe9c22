// The seam to CAF: what differs between CAF 0.17 and 1.x (message registration, sending, names of
// configuration options) is here and in messages.h, and nowhere else.
#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <cstddef>
#include <utility>

namespace eagre::actors {

// Sends a message without a sender: the receiver needs none, and it is the cheapest way.
template <class Message>
void post(const caf::actor& to, Message&& message) {
  caf::anon_send(to, std::forward<Message>(message));
}

// Ends an actor; what is still in its mailbox is dropped.
inline void stop(const caf::actor& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

// Plain CAF scheduling with `threads` threads. The sharing policy wakes a sleeping thread for every
// job; stealing would leave work on a busy one's queue for up to 10 ms.
inline void configure(caf::actor_system_config& config, std::size_t threads) {
  config.set("scheduler.max-threads", threads);
  config.set("scheduler.policy", caf::atom("sharing"));
}

}  // namespace eagre::actors
