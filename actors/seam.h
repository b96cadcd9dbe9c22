// The seam to CAF: what differs between CAF 0.17 and 1.x (registering messages, sending, watching,
// default handlers, names of configuration options) is in this file and seam.cc, and nowhere else;
// messages.h registers all messages through it. Actor handles, behaviors, spawning and response
// promises are the same in both and are used as they are.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/deserializer.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/serializer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/control/packet.h"

// Registers a message that never leaves the process: it needs no wire form. At global scope.
#define EAGRE_PROCESS_MESSAGE(Type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(Type)

namespace eagre::actors {

// A message that travels between processes: who sent it, in which life of the dataflow, and bytes
// that mean something to our code only.
struct Packet {
  std::uint32_t node = 0;
  std::uint64_t generation = 0;
  std::vector<std::byte> bytes;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, Packet& packet) {
  constexpr bool saves = std::is_base_of_v<caf::serializer, Inspector>;
  constexpr bool loads = std::is_base_of_v<caf::deserializer, Inspector>;
  if constexpr (saves || loads) {
    std::size_t size = packet.bytes.size();
    if (auto error = f(packet.node, packet.generation)) {
      return error;
    }
    if (auto error = f.begin_sequence(size)) {
      return error;
    }
    if constexpr (loads) {
      if (size > control::kMaxPacketBytes) {
        return caf::make_error(caf::sec::runtime_error, std::string("the packet is too large"));
      }
      packet.bytes.resize(size);
    }
    return size == 0 ? f.end_sequence() : f.apply_raw(size, packet.bytes.data());
  } else {
    return f(caf::meta::type_name("eagre::actors::Packet"), packet.node);
  }
}

// Sends a message without a sender: the receiver needs none, and it is the cheapest way.
template <class Message>
void post(const caf::actor& to, Message&& message) {
  caf::anon_send(to, std::forward<Message>(message));
}

// The same in the name of `from`, whom the receiver sees as the sender.
template <class Message>
void post_as(const caf::actor& from, const caf::actor& to, Message&& message) {
  caf::send_as(from, to, std::forward<Message>(message));
}

// Ends an actor at once, before what is in its mailbox, which is dropped.
inline void stop(const caf::actor& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

// Sends a request and blocks the calling thread for the answer; none if the actor ends first.
// Not from inside an actor.
template <class Answer, class Request>
std::optional<Answer> request_and_wait(caf::actor_system& system, const caf::actor& to,
                                       Request request) {
  std::optional<Answer> result;
  const caf::scoped_actor self(system);
  self->request(to, caf::infinite, std::move(request))
      .receive([&](const Answer& answer) { result = answer; }, [](const caf::error&) {});
  return result;
}

// The object behind a handle whose type is known.
template <class Actor>
Actor* object_of(const caf::actor& handle) {
  return static_cast<Actor*>(caf::actor_cast<caf::abstract_actor*>(handle));
}

// CAF's own scheduling with `threads` threads. The sharing policy wakes a sleeping thread for every
// job; stealing would leave work on a busy one's queue for up to 10 ms.
void use_caf_scheduler(caf::actor_system_config& config, std::size_t threads);

// How CAF's network (BASP) is used, closed to what it need not know: one connection a pair of
// processes, none made by itself. A peer is taken for lost when nothing came from it for `timeout`;
// every process sends something at least every `heartbeat`.
void use_network(caf::actor_system_config& config, std::chrono::milliseconds heartbeat,
                 std::chrono::milliseconds timeout);

// What all actors of eagre are: messages that they do not know are dropped (a request is answered
// with an error) without a word on stdout; an exception that leaves a handler ends the actor, with
// the exception's text as the reason that its watcher is told.
// Threads: confined to one actor.
class Shell : public caf::event_based_actor {
 public:
  explicit Shell(caf::actor_config& config);

 protected:
  // Spawns an actor whose end is told to on_end_of().
  template <class Actor, class... Args>
  caf::actor spawn_watched(Args&&... args) {
    return spawn<Actor, caf::monitored>(std::forward<Args>(args)...);
  }
  // A message that the actor does not know was taken from the mailbox: whoever waits for the
  // mailbox to run dry must look again.
  virtual void on_unknown();
  virtual void on_end_of(const caf::actor_addr& actor, const std::string& reason);

  // To itself, after `delay`.
  template <class Message>
  void post_later(std::chrono::milliseconds delay, Message message) {
    delayed_send(this, delay, std::move(message));
  }

  caf::actor self() { return caf::actor_cast<caf::actor>(this); }
  bool has_mail() const { return !mailbox_.empty(); }
};

}  // namespace eagre::actors
