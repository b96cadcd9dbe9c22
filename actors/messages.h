// The messages between the actors of one process, all of them, and their registration with CAF.
// They travel by reference and have no wire form of their own; what crosses processes is a Packet
// (seam.h) of Cap'n Proto messages.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/seam.h"
#include "runtime/base/status.h"
#include "runtime/control/address.h"
#include "runtime/control/message.h"
#include "runtime/data/batch.h"
#include "runtime/dataflow/failure.h"
#include "runtime/dataflow/feed.h"
#include "runtime/progress/frontier_view.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::actors {

struct Directory;
struct Run;

// ---- to an operator

// Begin; this is where everybody lives. What came before it waits.
struct Start {
  std::shared_ptr<const Directory> directory;
};

// Records, from the instance on worker `sender` at the other end of `input`.
struct Deliver {
  std::uint32_t input = 0;
  std::uint32_t sender = 0;
  data::Batch batch;
  // What the sender charged for it.
  std::uint64_t charge = 0;
};

// Room again on the edge `channel` towards the instance on `worker`.
struct Credit {
  std::uint32_t channel = 0;
  std::uint32_t worker = 0;
  std::uint64_t bytes = 0;
};

// A frontier moved.
struct Advance {
  progress::FrontierUpdate update;
};

// A step of a checkpoint.
struct Mark {
  control::Checkpoint step;
};

// To an input operator, from the driving program.
struct Fed {
  dataflow::Feed feed;
};

// A request, answered with an Answer. Any actor may send it; actors/ask.h makes it.
struct Ask {
  data::Batch request;
};
struct Answer {
  base::Status status;
  data::Batch batch;
};

// From an operator to itself: go on.
struct Continue {};

// From a source with a rate to itself: some time has passed.
struct Allow {};

// From a source that waits for its frontier to itself: some time has passed.
struct StandsStill {};

// The dataflow is complete: work off what is in the mailbox before this, and end.
struct Stop {};

// ---- to the progress actor

struct Report {
  progress::ProgressBatch batch;
};

// The answer of a source of this process, and what its store says: a step of a checkpoint, or why
// there is none.
struct Marked {
  control::Checkpoint step;
  base::Status status;
};

// The manifest of a checkpoint is written, or not.
struct Committed {
  std::uint64_t interval = 0;
  base::Status status;
};

// From the progress actor to itself: it is time for a checkpoint.
struct CheckpointDue {};

// ---- to the supervisor, or to the node, which passes it on

// Run this dataflow.
struct Begin {
  std::shared_ptr<Run> run;
};

// An operator failed.
struct Failed {
  dataflow::Failure failure;
};

// Nothing is held or in flight any more.
struct Completed {};

// The driving program is done: the dataflow ends when it is complete.
struct Release {};

// End the dataflow now, like this.
struct Cancel {
  base::Status status;
};

// From the supervisor to itself: all actors have ended, and all that they told is told.
struct Ended {};

// The dataflow is to end as another process says: well, or with its failure.
struct EndedElsewhere {
  base::Status status;
};

// ---- to the gateway

// Where all nodes listen, if that was not known before.
struct Introduce {
  std::vector<control::Address> nodes;
};

// This is the gateway of another process: join it.
struct Connect {
  std::uint32_t node = 0;
  caf::actor gateway;
};

// The dataflow is built: hand on what comes.
struct Open {
  std::shared_ptr<const Directory> directory;
};

// The dataflow is to end like this: tell the others.
struct TellEnd {
  base::Status status;
};

// All actors of this process have ended: tell the others and wait for them. Answered with Alone.
struct Leave {};

// A request to an instance of another process. Answered with an Answer.
struct AskThere {
  std::uint32_t node = 0;
  std::uint32_t worker = 0;
  data::Batch request;
};

// From the gateway to itself: it has waited long enough for others to have heard of the end.
struct OutOfPatience {};

// From the gateway to the supervisor: no other process needs this one any more.
struct Alone {};

}  // namespace eagre::actors

EAGRE_PROCESS_MESSAGE(eagre::actors::Start)
EAGRE_PROCESS_MESSAGE(eagre::actors::Deliver)
EAGRE_PROCESS_MESSAGE(eagre::actors::Credit)
EAGRE_PROCESS_MESSAGE(eagre::actors::Advance)
EAGRE_PROCESS_MESSAGE(eagre::actors::Fed)
EAGRE_PROCESS_MESSAGE(eagre::actors::Ask)
EAGRE_PROCESS_MESSAGE(eagre::actors::Answer)
EAGRE_PROCESS_MESSAGE(eagre::actors::Continue)
EAGRE_PROCESS_MESSAGE(eagre::actors::Allow)
EAGRE_PROCESS_MESSAGE(eagre::actors::StandsStill)
EAGRE_PROCESS_MESSAGE(eagre::actors::Stop)
EAGRE_PROCESS_MESSAGE(eagre::actors::Report)
EAGRE_PROCESS_MESSAGE(eagre::actors::Mark)
EAGRE_PROCESS_MESSAGE(eagre::actors::Marked)
EAGRE_PROCESS_MESSAGE(eagre::actors::Committed)
EAGRE_PROCESS_MESSAGE(eagre::actors::CheckpointDue)
EAGRE_PROCESS_MESSAGE(eagre::actors::Begin)
EAGRE_PROCESS_MESSAGE(eagre::actors::Failed)
EAGRE_PROCESS_MESSAGE(eagre::actors::Completed)
EAGRE_PROCESS_MESSAGE(eagre::actors::Release)
EAGRE_PROCESS_MESSAGE(eagre::actors::Cancel)
EAGRE_PROCESS_MESSAGE(eagre::actors::Ended)
EAGRE_PROCESS_MESSAGE(eagre::actors::EndedElsewhere)
EAGRE_PROCESS_MESSAGE(eagre::actors::Introduce)
EAGRE_PROCESS_MESSAGE(eagre::actors::Connect)
EAGRE_PROCESS_MESSAGE(eagre::actors::Open)
EAGRE_PROCESS_MESSAGE(eagre::actors::TellEnd)
EAGRE_PROCESS_MESSAGE(eagre::actors::Leave)
EAGRE_PROCESS_MESSAGE(eagre::actors::AskThere)
EAGRE_PROCESS_MESSAGE(eagre::actors::OutOfPatience)
EAGRE_PROCESS_MESSAGE(eagre::actors::Alone)
