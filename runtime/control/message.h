// All that one node of a cluster tells another, as plain values; schema/link.capnp says how they
// look on the way, and packet.h packs them.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "runtime/base/status.h"
#include "runtime/control/handshake.h"
#include "runtime/data/batch.h"
#include "runtime/progress/frontier_delta.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/progress_sum.h"

namespace eagre::control {

using progress::FrontierDelta;
using progress::ProgressSum;

// Records for the instance on worker `to` at the end of the edge that the batch's header names,
// from the one on worker `from`. Workers have numbers over the whole cluster.
struct Deliver {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  data::Batch batch{};
  // The bytes of credit that the sender takes for it and wants back: what a batch takes in memory
  // differs from node to node. Not 0.
  std::uint64_t charge = 0;
};

// Worker `from` has processed so many bytes of what came on the edge `channel` from worker `to`.
struct Credit {
  progress::Generation generation{};
  std::uint32_t channel = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const Credit&, const Credit&) = default;
};

// A request to the instance of operator `node` (its index in the plan) on `worker`.
struct Ask {
  progress::Generation generation{};
  // The asking node's number for it; its answer bears the same.
  std::uint64_t id = 0;
  std::uint32_t node = 0;
  std::uint32_t worker = 0;
  data::Batch request{};
};

// `batch` if `status` is ok, else none.
struct Answer {
  progress::Generation generation{};
  std::uint64_t id = 0;
  base::Status status{};
  data::Batch batch{};
};

// The dataflow fails, everywhere; `node` is where it failed first.
struct Failed {
  progress::Generation generation{};
  std::uint32_t node = 0;
  base::Status reason{};

  friend bool operator==(const Failed&, const Failed&) = default;
};

// From the leader: nothing is held or in flight any more. Finish what is left to do.
struct Complete {
  progress::Generation generation{};

  friend bool operator==(const Complete&, const Complete&) = default;
};

// `node` has done so.
struct Left {
  progress::Generation generation{};
  std::uint32_t node = 0;

  friend bool operator==(const Left&, const Left&) = default;
};

// From the leader: all have. A link that ends after this is no failure.
struct Goodbye {
  progress::Generation generation{};

  friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

// A step of a checkpoint; schema/link.capnp says who sends which, and what the numbers are.
struct Checkpoint {
  enum class Step : std::uint8_t { ask, source_at, boundary, saved, not_saved, abort };

  progress::Generation generation{};
  std::uint64_t interval = 0;
  Step step = Step::ask;
  std::uint64_t epoch = 0;
  std::uint64_t bytes = 0;
  std::uint64_t hash = 0;
  std::uint64_t records = 0;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// Everything that a packet holds.
using Message = std::variant<Deliver, Hello, Refused, ProgressSum, FrontierDelta, Credit, Ask,
                             Answer, Failed, Complete, Left, Goodbye, Checkpoint>;

// The life of the dataflow that a message belongs to.
inline progress::Generation generation_of(const Deliver& deliver) {
  return progress::Generation(deliver.batch.header().generation);
}
template <class T>
progress::Generation generation_of(const T& message) {
  return message.generation;
}

}  // namespace eagre::control
