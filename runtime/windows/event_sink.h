// sink in event time: what bears one event time, from whatever epochs, in canonical order, when
// that event time is complete. In which epoch a window leaves depends on the schedule; what leaves
// at an event time does not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/data/key.h"
#include "runtime/data/snapshot.h"
#include "runtime/dataflow/unary.h"
#include "runtime/operators/sink.h"
#include "runtime/progress/event_time.h"

namespace eagre::windows {

// f and less as in SortedSink; the times that f is given have epoch 0.
template <class T, class Less, class F>
class EventSink final : public dataflow::Unary<T, operators::Nothing> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  EventSink(Less less, F f) : less_(std::move(less)), f_(std::move(f)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<operators::Nothing>&) override {
    std::vector<T>& waiting = waiting_[progress::event_time_of(input.time())];
    input.for_each([&](const T& record) { waiting.push_back(record); });
  }

  bool on_frontier(dataflow::Output<operators::Nothing>&) override {
    const std::optional<std::int64_t> least = progress::least_event_time(this->frontier());
    while (!waiting_.empty() && (!least || waiting_.begin()->first < *least)) {
      auto node = waiting_.extract(waiting_.begin());
      const progress::Time time{0, progress::to_coordinate(node.key())};
      this->context().work_at(time);
      std::sort(node.mapped().begin(), node.mapped().end(), operators::SinkOrder<T, Less>{less_});
      f_(time, node.mapped());
    }
    return false;
  }

  bool recovers() const override { return data::Restartable<F>; }
  void on_save(data::SnapshotWriter& writer) override {
    if constexpr (data::Restartable<F>) {
      writer.section<Saved>([this](auto&& give) {
        for (const auto& [event_time, records] : waiting_) {
          for (const T& record : records) {
            give({event_time, record});
          }
        }
      });
      f_.save(writer);
    }
  }
  void on_restore(data::SnapshotReader& reader) override {
    if constexpr (data::Restartable<F>) {
      reader.section<Saved>(
          [this](const Saved& saved) { waiting_[saved.first].push_back(saved.second); });
      f_.restore(reader);
    }
  }

 private:
  using Saved = std::pair<std::int64_t, T>;

  Less less_;
  F f_;
  std::map<std::int64_t, std::vector<T>> waiting_;
};

}  // namespace eagre::windows
