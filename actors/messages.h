// The messages between the actors of one process, all of them. They travel by reference and have
// no wire form of their own; what crosses processes is the Cap'n Proto message inside.
#pragma once

#include <cstdint>
#include <memory>

#include "actors/ask.h"
#include "actors/seam.h"
#include "runtime/data/batch.h"
#include "runtime/dataflow/failure.h"
#include "runtime/dataflow/feed.h"
#include "runtime/progress/frontier_view.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::actors {

struct Directory;

// To an operator: begin; this is where everybody lives. What came before it waits.
struct Start {
  std::shared_ptr<const Directory> directory;
};

// To an operator: records, from the instance on worker `sender` at the other end of `input`.
struct Deliver {
  std::uint32_t input = 0;
  std::uint32_t sender = 0;
  data::Batch batch;
};

// To an operator: room again on the edge `channel` towards the instance on `worker`.
struct Credit {
  std::uint32_t channel = 0;
  std::uint32_t worker = 0;
  std::uint64_t bytes = 0;
};

// To an operator: a frontier moved.
struct Advance {
  progress::FrontierUpdate update;
};

// To an input operator, from the driving program.
struct Fed {
  dataflow::Feed feed;
};

// From an operator to itself: go on.
struct Continue {};

// To the progress actor.
struct Report {
  progress::ProgressBatch batch;
};

// To the supervisor: an operator failed.
struct Failed {
  dataflow::Failure failure;
};

// To the supervisor: nothing is held or in flight any more.
struct Completed {};

// To the supervisor, from outside: end the dataflow now.
struct Cancel {};

}  // namespace eagre::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Advance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Fed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Continue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Completed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(eagre::actors::Cancel)
