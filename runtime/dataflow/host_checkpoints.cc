// What an operator host does for checkpoints: docs/checkpoints.md, steps 2 to 4 and 6.
#include <fmt/core.h>

#include <limits>
#include <optional>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/dataflow/host.h"

namespace eagre::dataflow {

void OperatorHost::ask_epoch(std::uint64_t interval) {
  if (dead_) {
    return;
  }
  const std::uint64_t epoch = operator_->source_position().epoch;
  context_.source_end_ = epoch + 1;
  effects_.source_at(interval, epoch);
}

void OperatorHost::boundary(std::uint64_t interval, std::uint64_t epoch) {
  if (dead_) {
    return;
  }
  if (interval != interval_ || is_behind(epoch)) {
    fail(base::Code::lost,
         fmt::format("what the leader sent makes no sense: epoch {} as the boundary of checkpoint "
                     "{}, in checkpoint {}",
                     epoch, interval, interval_));
    return;
  }
  context_.bound_.boundary = epoch;
  if (spec_.polls) {
    context_.source_end_ = epoch + 1;
    context_.awaits_frontier_ = false;
    return;
  }
  for (progress::FrontierView& view : context_.frontiers_) {
    view.hold(epoch + 1);
  }
}

// Whether what is known of a frontier is beyond the epoch's end, or there is no such end.
bool OperatorHost::is_behind(std::uint64_t epoch) const {
  if (epoch == std::numeric_limits<std::uint64_t>::max()) {
    return true;
  }
  if (spec_.polls) {
    return false;
  }
  for (const progress::FrontierView& view : context_.frontiers_) {
    for (const progress::Time& time : view.frontier().elements()) {
      if (time[0] > epoch + 1) {
        return true;
      }
    }
  }
  return false;
}

void OperatorHost::abort(std::uint64_t interval) {
  if (!dead_ && interval == interval_) {
    enter(interval + 1);
  }
}

// Whether everything of the boundary's epoch and before is done here.
bool OperatorHost::cut_due() const {
  const std::optional<std::uint64_t>& boundary = context_.bound_.boundary;
  if (!boundary) {
    return false;
  }
  if (spec_.polls) {
    const SourcePosition position = operator_->source_position();
    return position.ended || position.epoch > *boundary;
  }
  return epoch_reached(*boundary + 1);
}

void OperatorHost::cut() {
  EAGRE_CHECK(early_.empty(), "operator \"{}\" holds batches of epoch {} at the boundary {}",
              spec_.name, early_.begin()->first, *context_.bound_.boundary);
  data::SnapshotWriter writer;
  for (const std::unique_ptr<OutputPort>& output : context_.outputs_) {
    output->settle();
    output->release();
    output->save(writer);
  }
  operator_->save(writer);
  effects_.snapshot(interval_, writer.take());
  enter(interval_ + 1);
}

// Goes on in a later interval, with what waited for it.
void OperatorHost::enter(std::uint64_t interval) {
  interval_ = interval;
  context_.bound_.boundary.reset();
  context_.source_end_ = std::numeric_limits<std::uint64_t>::max();
  context_.awaits_frontier_ = false;
  for (const std::unique_ptr<OutputPort>& output : context_.outputs_) {
    output->set_interval(interval);
  }
  std::vector<Event> ready;
  std::vector<Delivery> later;
  for (Delivery& delivery : stash_) {
    if (delivery.batch.header().interval > interval) {
      later.push_back(std::move(delivery));
    } else {
      ready.push_back(std::move(delivery));
    }
  }
  stash_ = std::move(later);
  inbox_.push_front(std::move(ready));
  bool moves = false;
  for (progress::FrontierView& view : context_.frontiers_) {
    moves |= view.release();
  }
  if (moves) {
    moved();
  }
}

void OperatorHost::restore(const RestoredPart& part) {
  data::SnapshotReader reader(*part.snapshot, part.share);
  for (const std::unique_ptr<OutputPort>& output : context_.outputs_) {
    output->restore(reader);
  }
  operator_->restore(reader, context_);
  if (!reader.at_end()) {
    throw data::ForeignSnapshot();
  }
}

}  // namespace eagre::dataflow
