// Asking an operator as one actor asks another: for programs that use CAF themselves.
//   const caf::actor counts = eagre::actor_of(handles.handle_for(word));
//   caf::scoped_actor self(counts.home_system());
//   self->request(counts, timeout, eagre::ask(word))
//       .receive([](const eagre::Answer& answer) { ... eagre::as<std::uint64_t>(answer) ... },
//       ...);
// Any actor of the process may ask; the request runs between batches, after everything that was
// enqueued to that instance before it, unless it is sent with high priority. Actors that ask belong
// into the operator's own system (home_system()) and end before the dataflow can: execute() waits
// for all actors of its system.
#pragma once

#include <caf/actor.hpp>

#include "actors/messages.h"
#include "runtime/api/handles.h"
#include "runtime/base/status.h"
#include "runtime/dataflow/answering.h"

namespace eagre {

using actors::Answer;
using actors::Ask;

template <class T>
Ask ask(const T& request) {
  return Ask{dataflow::single(request)};
}

// The answer as a record of type T, or what went wrong.
template <class T>
base::Result<T> as(const Answer& answer) {
  if (!answer.status.ok()) {
    return answer.status;
  }
  return dataflow::from_single<T>(answer.batch);
}

// The CAF handle of an operator instance; an invalid handle if the address is not of a running
// dataflow on actors. Of no use once execute() has returned.
// Threads: safe from any thread.
caf::actor actor_of(const api::InstanceAddress& address);

}  // namespace eagre
