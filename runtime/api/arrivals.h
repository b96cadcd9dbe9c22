// What comes from another process for an operator here, judged by the plan before any actor sees
// it: once a message, in constant time, without a look at the records.
//
// Law: what passes names an edge, instances of it that live where it came from and here, a time
// that the edge's end may see and the layout of the edge's records. Whether the columns hold whole
// records is seen when they are read (data::MalformedBatch).
#pragma once

#include <cstdint>

#include "runtime/api/program.h"
#include "runtime/base/status.h"
#include "runtime/control/message.h"

namespace eagre::api {

// Refuses, with Code::input, what no process that works sends. `process`: where it came from.
base::Status check_arrival(const Deployment& deployment, std::uint32_t process,
                           const control::Deliver& deliver);
base::Status check_arrival(const Deployment& deployment, std::uint32_t process,
                           const control::Credit& credit);

}  // namespace eagre::api
