// Everything an operator host is told about its place in the dataflow, as plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/data/pact.h"
#include "runtime/progress/instance.h"
#include "runtime/progress/location.h"
#include "runtime/progress/path_summary.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::dataflow {

// One outgoing edge. The edge moves the time by `summary` (into a loop, out of it).
struct EdgeSpec {
  std::uint32_t channel = 0;
  progress::Location target;
  data::Pact pact;
  progress::PathSummary summary;
  // Byte credit towards each receiving instance; 0: unlimited (the edge closes a loop).
  std::uint64_t window = 0;
  // The tap of the output that it leaves from.
  std::uint32_t tap = 0;
};

struct OutputSpec {
  progress::Location location;
  std::vector<EdgeSpec> edges;
  // Streams that leave from here, all at the same time: the operator's own, and those of the
  // stages.
  std::uint32_t taps = 1;
};

// A stage fused behind an output: it reads tap `from` and writes taps from `first` on.
struct StageSpec {
  std::string name;
  std::uint32_t output = 0;
  std::uint32_t from = 0;
  std::uint32_t first = 0;
};

struct InputSpec {
  progress::Location location;
  progress::Interest interest = progress::Interest::never;
  // Byte credit granted to each sending instance; 0: unlimited.
  std::uint64_t window = 0;
};

struct InternalSpec {
  std::uint32_t input = 0;
  std::uint32_t output = 0;
  progress::PathSummary summary;
};

// Threads: value.
struct HostSpec {
  std::string name;
  std::uint32_t worker = 0;
  std::uint32_t workers = 1;
  // Coordinates of the times in the operator's scope.
  std::uint32_t coordinates = 1;
  // Coordinate 1 of them is an event time.
  bool event_time = false;
  progress::Generation generation;
  progress::ReporterId reporter;
  std::vector<InputSpec> inputs;
  std::vector<OutputSpec> outputs;
  std::vector<InternalSpec> internals;
  // A stage comes after the one that it reads from.
  std::vector<StageSpec> stages;
  // on_poll is called until it returns false.
  bool polls = false;
  // Of a source: input records a second that it may read, by OperatorHost::allow; 0: any number.
  double rate = 0;
  // Batches of an epoch that the input frontiers have not reached wait in the host.
  bool epochs_in_order = false;
  // Takes part in checkpoints.
  bool checkpoints = false;
  // The number of the first checkpoint to come.
  std::uint64_t interval = 0;
  // Stages leave out records for which they throw; the first tap of each is that of its dead
  // letters.
  bool isolates = false;
  // An output batch is sent when its encoding reaches this size (or the activation ends, or its
  // time changes).
  std::size_t batch_bytes = 64 * 1024;
};

}  // namespace eagre::dataflow
