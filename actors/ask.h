// Asking an operator as one actor asks another: for programs that use CAF themselves.
//   self->request(eagre::actor_of(counts.handle_for(word)), timeout, eagre::ask(word))
//       .receive([](const eagre::Answer& answer) { ... answer.as<std::uint64_t>() ... }, ...);
// Any CAF actor of the process may ask; the request runs between batches, after everything that
// was enqueued to that instance before it.
#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <utility>

#include "runtime/api/handles.h"
#include "runtime/base/status.h"
#include "runtime/data/batch.h"
#include "runtime/dataflow/answering.h"

namespace eagre {

// A request to an operator instance. Answered with an Answer.
// Threads: value.
struct Ask {
  data::Batch request;
};

// Threads: value.
struct Answer {
  base::Status status;
  data::Batch batch;

  // The answer as a record of type T, or what went wrong.
  template <class T>
  base::Result<T> as() const {
    if (!status.ok()) {
      return status;
    }
    return dataflow::from_single<T>(batch);
  }
};

template <class T>
Ask ask(const T& request) {
  return Ask{dataflow::single(request)};
}

// The CAF handle of an operator instance; an invalid handle if the address is not of a running
// dataflow on actors.
// Threads: safe from any thread.
caf::actor actor_of(const api::InstanceAddress& address);

}  // namespace eagre

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::Ask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::Answer)
