// What operators over windows of fixed bounds share: records come with a key and an event time,
// windows leave when event time has passed them, at their last event time, and never for want of
// another record.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/progress/event_time.h"
#include "runtime/windows/held_times.h"
#include "runtime/windows/open_slices.h"
#include "runtime/windows/pane.h"

namespace eagre::windows {

// key: const T& -> K. at: const T& -> event time.
template <class T, class K, class KeyOf, class At, class Fold>
class WindowOperator : public dataflow::Unary<T, Pane<K, ResultOf<Fold, T>>> {
 public:
  using Out = Pane<K, ResultOf<Fold, T>>;
  using State = typename Fold::State;
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;

  WindowOperator(KeyOf key, At at, Fold fold, Slicing slicing)
      : key_(std::move(key)), at_(std::move(at)), fold_(std::move(fold)), slicing_(slicing) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Out>& output) final {
    const std::int64_t earliest = progress::event_time_of(input.time());
    auto at = [&](const T& record) {
      return checked_event_time(static_cast<std::int64_t>(at_(record)), earliest);
    };
    auto fold = [this](State& state, const T& record) { fold_.add(state, record); };
    input.for_each_block(block_, [&](std::span<const T> records) {
      open_.add(records, slicing_, key_, at, fold, [&](const Slice& slice) {
        const std::int64_t due = first_due(slice);
        held_.cover(due, [&] {
          return output.retain(
              input.time().with(progress::kEventTime, progress::to_coordinate(due)));
        });
      });
    });
  }

  // A window may have many keys: it stops when the receivers are full, and goes on later.
  bool on_frontier(dataflow::Output<Out>& output) final {
    const progress::Antichain& frontier = this->frontier();
    const std::optional<std::int64_t> least = progress::least_event_time(frontier);
    if (!release(least, output)) {
      return true;
    }
    held_.move_on(progress::least_epoch(frontier), next_due());
    return false;
  }

  bool recovers() const final { return data::Record<K> && data::Saveable<State>; }
  bool rescales() const final { return true; }
  void on_save(data::SnapshotWriter& writer) final {
    held_.save(writer);
    open_.save(writer);
    save_rest(writer);
  }
  void on_restore(data::SnapshotReader& reader) final {
    held_.restore(reader, this->context());
    open_.restore(reader);
    restore_rest(reader);
  }

 protected:
  using Open = OpenSlices<K, State>;
  using Table = typename Open::Table;

  // The event time at which the first window leaves that holds the slice.
  virtual std::int64_t first_due(const Slice& slice) const = 0;
  // The event time at which the next window leaves, as far as is known; nothing if there is none.
  virtual std::optional<std::int64_t> next_due() const = 0;
  // Sends the windows before `least`; all, if it is nothing. Returns whether all left.
  virtual bool release(std::optional<std::int64_t> least, dataflow::Output<Out>& output) = 0;
  // What it keeps beside the open slices.
  virtual void save_rest(data::SnapshotWriter& /*writer*/) {}
  virtual void restore_rest(data::SnapshotReader& /*reader*/) {}

  const Slicing& slicing() const { return slicing_; }
  Fold& fold() { return fold_; }
  Open& open() { return open_; }
  const Open& open() const { return open_; }
  const HeldTimes& held() const { return held_; }

 private:
  KeyOf key_;
  At at_;
  Fold fold_;
  Slicing slicing_;
  Open open_;
  HeldTimes held_;
  std::vector<T> block_;
};

}  // namespace eagre::windows
