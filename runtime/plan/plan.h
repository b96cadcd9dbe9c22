// The dataflow as plain data: scopes, operators, edges. It is the same on every node and for every
// number of workers; what depends on those (instances, credit windows) is computed from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/pact.h"
#include "runtime/progress/instance.h"
#include "runtime/progress/path_summary.h"

namespace eagre::plan {

using ScopeIndex = std::uint32_t;
using NodeIndex = std::uint32_t;

// What a scope does to the times of what is inside: a region nothing (it only groups), a loop
// appends the round, and event time appends the event time (runtime/progress/event_time.h).
enum class ScopeKind { region, loop, event_time };

inline std::string_view name_of(ScopeKind kind) {
  switch (kind) {
    case ScopeKind::loop:
      return "loop";
    case ScopeKind::event_time:
      return "event time";
    default:
      return "region";
  }
}

// Scope 0 is the dataflow itself, a region.
struct Scope {
  std::string name;
  ScopeIndex parent = 0;
  ScopeKind kind = ScopeKind::region;
  // Coordinates of a time in this scope.
  std::uint32_t coordinates = 1;
};

struct Internal {
  std::uint32_t input = 0;
  std::uint32_t output = 0;
  progress::PathSummary summary;
};

// A stateless operator fused to a node: it runs in the node's actor, on the records of one tap of
// an output, and has no location of its own.
struct Stage {
  std::string name;
  std::uint32_t output = 0;
  // The tap that it reads, and those that it writes: `taps` from number `first` on.
  std::uint32_t from = 0;
  std::uint32_t first = 1;
  std::uint32_t taps = 1;
};

struct Node {
  std::string name;
  ScopeIndex scope = 0;
  // Interest in the frontier, one an input.
  std::vector<progress::Interest> inputs;
  std::uint32_t outputs = 0;
  // Streams of the operator's own that leave from each output: taps 0 and on.
  std::uint32_t taps = 1;
  // A stage comes after the one that it reads from.
  std::vector<Stage> stages;
  std::vector<Internal> internals;
  // Closes a loop: its input edges carry no credit (else a full loop could not drain).
  bool feedback = false;
  // Holds initial capabilities and is polled for records.
  bool polls = false;
  // Its one input takes no edge: it follows the node's own output and those of the nodes after it
  // that take epochs in order, so that each instance hears from its frontier how far the others
  // and these are.
  bool paced = false;
  bool epochs_in_order = false;
  // Whether what it keeps is in checkpoints, for who reads the plan; none: not known, as of
  // sources, with which it is a matter of the input.
  std::optional<bool> recovers{};
};

// The edge's index in Plan::edges is its channel.
struct Edge {
  NodeIndex from = 0;
  std::uint32_t output = 0;
  std::uint32_t tap = 0;
  NodeIndex to = 0;
  std::uint32_t input = 0;
  data::Pact pact;
  // What the edge does to a time: identity, into loops, out of them.
  progress::PathSummary summary;
  // Fingerprint of the layout of its records (data::Header::layout).
  std::uint64_t layout = 0;
};

// Threads: value.
struct Plan {
  std::vector<Scope> scopes = {{.name = "dataflow"}};
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  // Stages leave out records for which they throw; the first tap of each is that of its dead
  // letters.
  bool isolates = false;
};

// Whether coordinate 1 of the times in a scope is an event time.
inline bool has_event_time(const Plan& plan, ScopeIndex scope) {
  while (scope != 0 && plan.scopes[scope].kind != ScopeKind::event_time) {
    scope = plan.scopes[scope].parent;
  }
  return scope != 0;
}

}  // namespace eagre::plan
