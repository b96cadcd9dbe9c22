// How two nodes of a cluster meet: the first message in both directions of a link says what the
// sender is; the other end says the same of itself, or refuses (membership.h decides).
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/status.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::control {

// Of what schema/link.capnp describes. Nodes work together only if theirs are equal.
inline constexpr std::uint32_t kProtocolVersion = 2;

// A node, and the dataflow that it is about to run.
struct Hello {
  std::uint32_t protocol = kProtocolVersion;
  // Keeps clusters apart that meet by mistake.
  std::string cluster{};
  std::string program{};
  // plan::fingerprint of the dataflow.
  std::uint64_t plan = 0;
  // Of the options that must be the same on all nodes and are not listed here.
  std::uint64_t options = 0;
  // Place of the node among the `nodes` of the cluster, from 0; node 0 is the leader.
  std::uint32_t node = 0;
  std::uint32_t nodes = 1;
  // Workers of each node.
  std::uint32_t workers = 1;
  // Options::inbox_bytes: both ends of an edge compute its credit window from it.
  std::uint64_t inbox_bytes = 0;
  progress::Generation generation{};

  friend bool operator==(const Hello&, const Hello&) = default;
};

// The sender does not let the receiver in; the link ends.
struct Refused {
  progress::Generation generation{};
  base::Status reason{};

  friend bool operator==(const Refused&, const Refused&) = default;
};

}  // namespace eagre::control
