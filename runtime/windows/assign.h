// Where records enter event time. The operator stands inside the scope of event time. No input
// leads to its output there: it sends by a capability of its own, at the epoch of its input and
// that epoch's watermark, and so decides how far event time has come downstream. What is behind it
// is late, and leaves by the second output, at its epoch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/dataflow/input.h"
#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"
#include "runtime/progress/event_time.h"
#include "runtime/windows/watermark.h"

namespace eagre::windows {

// Input 0 has the records, input 1 what Newest says of them, to every worker. Epochs are taken in
// order: when a record comes everything that its watermark depends on is known.
// at: const T& -> event time.
template <class T, class S, class At>
class AssignEventTime final : public dataflow::TypedOperator {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  static constexpr bool kEpochsInOrder = true;
  AssignEventTime(At at, Disorder disorder) : at_(std::move(at)), watermark_(disorder) {}

  void start(dataflow::Context& context) final {
    set_context(context);
    on_time_.bind(context, 0);
    late_.bind(context, 1);
    held_ = context.initial(0);
  }

  void receive(std::uint32_t input, const data::Batch& batch, dataflow::Context&) final {
    EAGRE_CHECK(held_.valid() && held_.time()[0] == batch.time()[0],
                "operator \"{}\" was given a batch at time {} and stands elsewhere",
                context().operator_name(), progress::to_string(batch.time()));
    if (input == 1) {
      using Newest = std::pair<S, std::int64_t>;
      dataflow::Input<Newest>(batch).for_each(
          [this](const Newest& newest) { watermark_.saw(newest.first, newest.second); });
    } else {
      split(dataflow::Input<T>(batch));
    }
  }

  bool advance(dataflow::Context& context) final {
    const std::optional<std::uint64_t> epochs[] = {progress::least_epoch(context.frontier(0)),
                                                   progress::least_epoch(context.frontier(1))};
    if (!epochs[0] && !epochs[1]) {
      held_.drop();
      return false;
    }
    const std::uint64_t epoch = !epochs[0]   ? *epochs[1]
                                : !epochs[1] ? *epochs[0]
                                             : std::min(*epochs[0], *epochs[1]);
    if (epoch > held_.time()[0]) {
      held_.downgrade({epoch, progress::to_coordinate(watermark_.at(epoch))});
    }
    return false;
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }

 protected:
  void on_save(data::SnapshotWriter& writer) override {
    watermark_.save(writer);
    writer.section<data::SavedTime>([this](auto&& give) {
      if (held_.valid()) {
        give(data::to_saved(held_.time()));
      }
    });
  }
  // All instances have saved the same.
  void on_restore(data::SnapshotReader& reader) override {
    watermark_.restore(reader);
    held_.drop();
    reader.section<data::SavedTime>([this](const data::SavedTime& saved) {
      held_ = context().initial(0, data::from_saved(saved));
    });
  }

 private:
  void split(const dataflow::Input<T>& input) {
    const std::int64_t watermark = progress::event_time_of(held_.time());
    std::uint64_t late = 0;
    input.for_each([&](const T& record) { late += is_late(record, watermark) ? 1 : 0; });
    if (late == 0) {
      on_time_.forward(input.batch(), held_);
      return;
    }
    auto late_session = late_.session();
    auto session = on_time_.session(held_);
    input.for_each([&](const T& record) {
      if (is_late(record, watermark)) {
        late_session.give(record);
      } else {
        session.give(record);
      }
    });
  }

  bool is_late(const T& record, std::int64_t watermark) {
    return static_cast<std::int64_t>(at_(record)) < watermark;
  }

  At at_;
  Watermark<S> watermark_;
  progress::Capability held_;
  dataflow::Output<T> on_time_;
  dataflow::Output<T> late_;
};

}  // namespace eagre::windows
