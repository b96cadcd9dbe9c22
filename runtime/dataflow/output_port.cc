#include "runtime/dataflow/output_port.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::dataflow {

// One outgoing edge: moves the time, routes, counts at the target, and charges the credit.
class OutputPort::Edge final : public data::Emit {
 public:
  Edge(OutputPort& port, const HostSpec& host, const EdgeSpec& spec, Effects& effects)
      : port_(port),
        effects_(effects),
        channel_(spec.channel),
        target_(spec.target),
        summary_(spec.summary),
        router_(spec.pact.make_router({.channel = spec.channel,
                                       .workers = host.workers,
                                       .self = host.worker,
                                       .target_bytes = host.batch_bytes,
                                       .generation = host.generation.value()})) {
    if (spec.window != 0) {
      credits_.assign(host.workers, data::CreditSender(base::ByteCount(spec.window)));
    }
  }

  std::uint32_t channel() const { return channel_; }

  void route(const data::Batch& batch) {
    if (summary_.is_identity()) {
      router_->route(batch, *this);
      return;
    }
    const std::optional<progress::Time> moved = summary_.apply(batch.time());
    EAGRE_CHECK(moved.has_value(), "operator \"{}\": time {} overflows on its way over edge {}",
                port_.name_, progress::to_string(batch.time()), channel_);
    data::Header header = batch.header();
    header.time = *moved;
    header.channel = channel_;
    router_->route(batch.with_header(header), *this);
  }

  void flush() { router_->flush(*this); }

  void emit(std::uint32_t worker, data::Batch batch) override {
    port_.ledger_.produce(target_, batch.time(), static_cast<std::int64_t>(batch.count()),
                          port_.held_);
    if (!credits_.empty()) {
      data::CreditSender& credit = credits_[worker];
      const bool was_blocked = credit.blocked();
      credit.take(batch.footprint());
      if (!was_blocked && credit.blocked()) {
        ++port_.congested_edges_;
      }
    }
    effects_.send(channel_, worker, std::move(batch));
  }

  base::Status give_back(std::uint32_t worker, std::uint64_t bytes) {
    if (worker >= credits_.size()) {
      return {base::Code::input, fmt::format("credit came back from worker {} on edge {}, which "
                                             "takes none of it",
                                             worker, channel_)};
    }
    data::CreditSender& credit = credits_[worker];
    const bool was_blocked = credit.blocked();
    base::Status status = credit.give_back(bytes);
    if (was_blocked && !credit.blocked()) {
      --port_.congested_edges_;
    }
    return status;
  }

 private:
  OutputPort& port_;
  Effects& effects_;
  std::uint32_t channel_;
  progress::Location target_;
  progress::PathSummary summary_;
  std::unique_ptr<data::Router> router_;
  std::vector<data::CreditSender> credits_;
};

OutputPort::OutputPort(const HostSpec& host, const OutputSpec& spec,
                       progress::CapabilityLedger& ledger, Effects& effects, StageFailure& failure,
                       const SendBound& bound)
    : name_(host.name),
      location_(spec.location),
      ledger_(ledger),
      failure_(failure),
      batch_bytes_(host.batch_bytes),
      isolates_(host.isolates),
      event_time_(host.event_time),
      bound_(bound),
      taps_(spec.taps) {
  header_.generation = host.generation.value();
  header_.interval = host.interval;
  for (const EdgeSpec& edge : spec.edges) {
    edges_.push_back(std::make_unique<Edge>(*this, host, edge, effects));
    TapEnds& ends = taps_.at(edge.tap);
    if (ends.edges.empty()) {
      ends.channel = edge.channel;
    }
    ends.edges.push_back(edges_.back().get());
  }
}

OutputPort::~OutputPort() = default;

void OutputPort::fuse(const StageSpec& spec, std::unique_ptr<AnyStage> stage) {
  taps_.at(spec.from).stages.push_back(stage.get());
  stage->bind(*this, spec.name, spec.first);
  stages_.push_back(std::move(stage));
}

bool OutputPort::changes_time(const progress::Capability& capability) {
  if (held_.valid() && capability.valid() && held_.time() == capability.time() &&
      capability.output() == location_) {
    return false;
  }
  EAGRE_CHECK(capability.valid(), "operator \"{}\": a capability was used after it was dropped",
              name_);
  EAGRE_CHECK(capability.output() == location_,
              "operator \"{}\": a capability of another output was used to send at time {}", name_,
              progress::to_string(capability.time()));
  settle();
  header_.time = capability.time();
  keeps_ = bound_.is_beyond(header_.time[0]);
  return true;
}

void OutputPort::open(const progress::Capability& capability) {
  if (changes_time(capability)) {
    held_ = capability.clone();
  }
}

void OutputPort::open(progress::Capability&& capability) {
  if (changes_time(capability)) {
    held_ = std::move(capability);
  }
}

void OutputPort::flush(std::uint32_t tap) {
  TapEnds& ends = taps_[tap];
  if (ends.open == nullptr || !held_.valid()) {
    return;
  }
  header_.channel = ends.channel;
  if (const data::Batch batch = ends.open->take(header_)) {
    for (Edge* edge : ends.edges) {
      route(*edge, batch);
    }
  }
}

void OutputPort::route(Edge& edge, const data::Batch& batch) {
  if (!keeps_) [[likely]] {
    edge.route(batch);
    return;
  }
  Kept& kept = kept_[held_.time()];
  if (!kept.capability.valid()) {
    kept.capability = held_.clone();
  }
  kept.batches.emplace_back(&edge, batch);
}

void OutputPort::release() {
  while (!kept_.empty() && !bound_.is_beyond(kept_.begin()->first[0])) {
    settle();
    Kept kept = std::move(kept_.extract(kept_.begin()).mapped());
    held_ = std::move(kept.capability);
    for (const auto& [edge, batch] : kept.batches) {
      data::Header header = batch.header();
      header.interval = header_.interval;
      edge->route(batch.with_header(header));
    }
    settle();
  }
}

namespace {

struct SavedSend {
  std::uint32_t channel = 0;
  data::SavedBatch batch;
};

}  // namespace

void OutputPort::save(data::SnapshotWriter& writer) const {
  writer.section<SavedSend>([this](auto&& give) {
    for (const auto& [time, kept] : kept_) {
      for (const auto& [edge, batch] : kept.batches) {
        give({edge->channel(), data::to_saved(batch)});
      }
    }
  });
}

void OutputPort::restore(data::SnapshotReader& reader) {
  reader.section<SavedSend>([&](const SavedSend& saved) {
    if (!reader.owns_rest()) {
      return;
    }
    const data::Batch batch = data::from_saved(saved.batch);
    data::Header header = batch.header();
    header.generation = header_.generation;
    Kept& kept = kept_[header.time];
    if (!kept.capability.valid()) {
      kept.capability = ledger_.initial(location_, header.time);
    }
    kept.batches.emplace_back(&edge_of(saved.channel), batch.with_header(header));
  });
}

OutputPort::Edge& OutputPort::edge_of(std::uint32_t channel) {
  for (const std::unique_ptr<Edge>& edge : edges_) {
    if (edge->channel() == channel) {
      return *edge;
    }
  }
  throw data::ForeignSnapshot();
}

void OutputPort::send(std::uint32_t tap, const data::Batch& batch) {
  EAGRE_CHECK(held_.valid(), "operator \"{}\": a batch was sent without a capability", name_);
  EAGRE_CHECK(batch.time() == held_.time(),
              "operator \"{}\": a batch at time {} was sent with a capability at {}", name_,
              progress::to_string(batch.time()), progress::to_string(held_.time()));
  if (batch.count() == 0) {
    return;
  }
  if (batch.header().generation != header_.generation ||
      batch.header().interval != header_.interval) {
    // It comes from outside (a driving program, a capture of another run), or was sent before the
    // last checkpoint.
    data::Header header = batch.header();
    header.generation = header_.generation;
    header.interval = header_.interval;
    send(tap, batch.with_header(header));
    return;
  }
  const TapEnds& ends = taps_[tap];
  for (Edge* edge : ends.edges) {
    route(*edge, batch);
  }
  for (AnyStage* stage : ends.stages) {
    stage->take(batch);
  }
}

void OutputPort::settle() {
  if (!held_.valid()) {
    for (const TapEnds& ends : taps_) {
      EAGRE_CHECK(ends.open == nullptr || ends.open->empty(),
                  "operator \"{}\" gave records to a session that was over", name_);
    }
    return;
  }
  // A tap comes after the one that its stage reads, and may get its last records from it.
  for (std::uint32_t tap = 0; tap < taps_.size(); ++tap) {
    flush(tap);
  }
  for (const std::unique_ptr<Edge>& edge : edges_) {
    edge->flush();
  }
  held_.drop();
}

void OutputPort::stage_fails(StageFailure failure) {
  if (!failure_.error) {
    failure_ = std::move(failure);
  }
}

std::optional<base::Status> OutputPort::give_back(std::uint32_t channel, std::uint32_t worker,
                                                  std::uint64_t bytes) {
  for (const std::unique_ptr<Edge>& edge : edges_) {
    if (edge->channel() == channel) {
      return edge->give_back(worker, bytes);
    }
  }
  return std::nullopt;
}

}  // namespace eagre::dataflow
