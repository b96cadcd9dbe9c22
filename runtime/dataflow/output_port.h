// An output of an operator instance: holds the capability of the batch that is open, counts what
// is sent at the target in the same step (progress rule R5), and hands batches to the edges'
// routers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/batch.h"
#include "runtime/data/credit.h"
#include "runtime/data/router.h"
#include "runtime/dataflow/effects.h"
#include "runtime/dataflow/host_spec.h"
#include "runtime/progress/capability.h"

namespace eagre::dataflow {

// The typed side of an output, which holds the records of the open batch.
class OpenBatch {
 public:
  virtual ~OpenBatch() = default;
  // The open records as a batch with the given header; null if there are none. Leaves it empty.
  virtual data::Batch take(const data::Header& header) = 0;
  virtual bool empty() const = 0;
};

// Threads: confined to one actor.
class OutputPort {
 public:
  OutputPort(const HostSpec& host, const OutputSpec& spec, progress::CapabilityLedger& ledger,
             Effects& effects);
  ~OutputPort();
  OutputPort(const OutputPort&) = delete;
  OutputPort& operator=(const OutputPort&) = delete;

  progress::Location location() const { return location_; }
  std::size_t batch_bytes() const { return batch_bytes_; }
  const std::string& operator_name() const { return name_; }

  // Registers who holds the open records. At most one for the life of the port.
  void attach(OpenBatch* open) { open_ = open; }

  // Opens the port at the capability's time; what was open at another time is sent first. Aborts,
  // naming the operator, if the capability was dropped or belongs to another output.
  void open(const progress::Capability& capability);
  // The open time, if any.
  const progress::Time* open_time() const { return held_ ? &held_->time() : nullptr; }

  // Sends the open records on their way (routers may still gather them by target).
  void flush_open();
  // Sends a finished batch at the open time.
  void send(const data::Batch& batch);
  // Sends everything and closes the port. After it, nothing is held back.
  void settle();

  // Whether a forward target has used up its credit: take no more data.
  bool congested() const { return congested_edges_ != 0; }
  // Whether `channel` is an edge of this output; if so, takes the credit.
  bool give_back(std::uint32_t channel, std::uint32_t worker, std::uint64_t bytes);

 private:
  class Edge;

  std::string name_;
  progress::Location location_;
  progress::CapabilityLedger& ledger_;
  data::Header header_;
  std::size_t batch_bytes_;
  OpenBatch* open_ = nullptr;
  std::optional<progress::Capability> held_;
  std::vector<std::unique_ptr<Edge>> edges_;
  std::uint32_t congested_edges_ = 0;
};

}  // namespace eagre::dataflow
