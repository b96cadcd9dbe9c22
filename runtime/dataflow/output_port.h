// An output of an operator instance: holds the capability of the batch that is open, counts what
// is sent at the target in the same step (progress rule R5), and hands batches to the edges'
// routers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/data/batch.h"
#include "runtime/data/credit.h"
#include "runtime/data/router.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/any_stage.h"
#include "runtime/dataflow/effects.h"
#include "runtime/dataflow/failure.h"
#include "runtime/dataflow/host_spec.h"
#include "runtime/progress/capability.h"

namespace eagre::dataflow {

// How far ahead an instance may send while checkpoints are taken (rule S): no later epoch than that
// of the message at work or of its frontier, nor than the boundary of a checkpoint that is open.
// What is sent later is kept in the output until then.
struct SendBound {
  bool checkpoints = false;
  // 0: no message is at work.
  std::uint64_t message = 0;
  // The least epoch of what may still come.
  std::uint64_t frontier = 0;
  std::optional<std::uint64_t> boundary;

  bool is_beyond(std::uint64_t epoch) const {
    return checkpoints && epoch > message && (epoch > frontier || (boundary && epoch > *boundary));
  }
};

// The typed side of a tap, which holds the records of the open batch.
class OpenTap {
 public:
  virtual ~OpenTap() = default;
  // Hands what is open to the stages; gives what is for the edges as a batch with the given header,
  // null if there is none. Leaves it empty.
  virtual data::Batch take(const data::Header& header) = 0;
  virtual bool empty() const = 0;
};

// The streams that leave from an output are its taps: tap 0 is the operator's own (with a stage
// that is an operator of its own, its taps come first), the others are those of the fused stages.
// They share the open capability: a stage changes no time. A tap's number is above that of the tap
// which its stage reads.
// Threads: confined to one actor.
class OutputPort {
 public:
  // A failure of a stage is put into `failure`.
  OutputPort(const HostSpec& host, const OutputSpec& spec, progress::CapabilityLedger& ledger,
             Effects& effects, StageFailure& failure, const SendBound& bound);
  ~OutputPort();
  OutputPort(const OutputPort&) = delete;
  OutputPort& operator=(const OutputPort&) = delete;

  // Adds a stage. Before anything is sent.
  void fuse(const StageSpec& spec, std::unique_ptr<AnyStage> stage);
  // Registers who holds the open records of a tap. At most one for the life of the port.
  void attach(std::uint32_t tap, OpenTap* open) { taps_.at(tap).open = open; }

  progress::Location location() const { return location_; }
  std::size_t batch_bytes() const { return batch_bytes_; }
  // HostSpec::isolates and event_time.
  bool isolates() const { return isolates_; }
  bool has_event_time() const { return event_time_; }
  const std::string& operator_name() const { return name_; }
  // Who reads a tap. The reference is good for the life of the port.
  const std::vector<AnyStage*>& stages(std::uint32_t tap) const { return taps_.at(tap).stages; }
  bool has_edges(std::uint32_t tap) const { return !taps_.at(tap).edges.empty(); }

  // Opens the port at the capability's time; what was open at another time is sent first. Aborts,
  // naming the operator, if the capability was dropped or belongs to another output.
  void open(const progress::Capability& capability);
  void open(progress::Capability&& capability);
  // The open time, if any.
  const progress::Time* open_time() const { return held_.valid() ? &held_.time() : nullptr; }

  // Sends the open records of a tap on their way (routers may still gather them by target).
  void flush(std::uint32_t tap);
  // Sends a finished batch at the open time: to the edges and stages of a tap, or of tap 0.
  void send(std::uint32_t tap, const data::Batch& batch);
  void send(const data::Batch& batch) { send(0, batch); }
  // Sends everything and closes the port. After it, nothing is held back.
  void settle();

  // Sends what was kept and is no longer beyond the bound.
  void release();
  // What is kept, in a snapshot. After settle(); before anything is sent.
  void save(data::SnapshotWriter& writer) const;
  void restore(data::SnapshotReader& reader);
  // Goes into every batch that is sent.
  void set_interval(std::uint64_t interval) { header_.interval = interval; }

  // Whether a stage behind the operator has failed.
  bool stage_failed() const { return failure_.error != nullptr; }
  // The first failure counts.
  void stage_fails(StageFailure failure);

  // Whether a forward target has used up its credit: take no more data.
  bool congested() const { return congested_edges_ != 0; }
  // Takes the credit if `channel` is an edge of this output; none: it is not. Code::input if that
  // much is not outstanding there.
  std::optional<base::Status> give_back(std::uint32_t channel, std::uint32_t worker,
                                        std::uint64_t bytes);

 private:
  class Edge;
  struct TapEnds {
    OpenTap* open = nullptr;
    // That of the first edge, which need not put its own into the header then.
    std::uint32_t channel = 0;
    std::vector<AnyStage*> stages;
    std::vector<Edge*> edges;
  };

  // What is kept for one time.
  struct Kept {
    progress::Capability capability;
    std::vector<std::pair<Edge*, data::Batch>> batches;
  };

  void route(Edge& edge, const data::Batch& batch);
  Edge& edge_of(std::uint32_t channel);
  // Whether the port must be opened with the capability: it is not open at that time already.
  bool changes_time(const progress::Capability& capability);

  std::string name_;
  progress::Location location_;
  progress::CapabilityLedger& ledger_;
  StageFailure& failure_;
  data::Header header_;
  std::size_t batch_bytes_;
  bool isolates_;
  bool event_time_;
  const SendBound& bound_;
  progress::Capability held_;
  // The open time was beyond the bound when it was opened.
  bool keeps_ = false;
  std::map<progress::Time, Kept, progress::LexicographicLess> kept_;
  std::vector<std::unique_ptr<Edge>> edges_;
  std::uint32_t congested_edges_ = 0;
  std::vector<TapEnds> taps_;
  std::vector<std::unique_ptr<AnyStage>> stages_;
};

}  // namespace eagre::dataflow
