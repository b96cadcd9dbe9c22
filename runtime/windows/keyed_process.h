// A process function: what an operator of the user's does with the records of a key in the order of
// event time, with state by key and with timers. Records wait until their event time is complete,
// so that the order, and with it the output, is the same for every schedule.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/data/key.h"
#include "runtime/dataflow/unary.h"
#include "runtime/progress/event_time.h"
#include "runtime/windows/held_times.h"
#include "runtime/windows/pane.h"

namespace eagre::windows {

// Event times come in order. At each one on_record is called for its records, in canonical order,
// and then on_timer for the keys with a timer there, in canonical order. What is given bears that
// event time. What is kept by key belongs into states (TypedOperator::states()); other members are
// not restored. Threads: confined to one actor.
template <class K, class In, class Out>
class KeyedProcess : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  using KeyOf = std::function<K(const In&)>;
  using EventTimeOf = std::function<std::int64_t(const In&)>;

  virtual void on_record(const K& key, const In& record) = 0;
  virtual void on_timer(const K& /*key*/) {}

  // For makers of operators, before it starts: how records say their key and event time.
  void bind(KeyOf key, EventTimeOf at) {
    key_ = std::move(key);
    at_ = std::move(at);
  }

  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) final {
    const std::int64_t earliest = progress::event_time_of(input.time());
    input.for_each([&](const In& record) {
      const std::int64_t event_time = checked_event_time(at_(record), earliest);
      records_[event_time].emplace_back(key_(record), record);
      held_.cover(event_time, [&] {
        return output.retain(
            input.time().with(progress::kEventTime, progress::to_coordinate(event_time)));
      });
    });
  }

  // It stops when the receivers are full, and goes on later.
  bool on_frontier(dataflow::Output<Out>& output) final {
    const progress::Antichain& frontier = this->frontier();
    const std::optional<std::int64_t> least = progress::least_event_time(frontier);
    while (!at_work_ || work(output)) {
      const std::optional<std::int64_t> next = next_time();
      if (!next || (least && *next >= *least)) {
        held_.move_on(progress::least_epoch(frontier), next);
        return false;
      }
      begin(*next);
    }
    return true;
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }

 protected:
  // The event time at work.
  std::int64_t now() const { return at_work_->event_time; }
  // In on_record and on_timer.
  void give(const Out& record) { session_->give(record); }
  // A call of on_timer at a later event time. One that is set already is not set twice. Throws
  // MisuseError unless `event_time` is after now().
  void set_timer(const K& key, std::int64_t event_time) {
    if (event_time <= now()) {
      throw dataflow::MisuseError(fmt::format(
          "a timer was set to event time {} at event time {}: timers are set to later times",
          event_time, now()));
    }
    timers_[event_time].insert(key);
  }
  // Nothing happens if there is none.
  void clear_timer(const K& key, std::int64_t event_time) {
    const auto at = timers_.find(event_time);
    if (at != timers_.end() && at->second.erase(key) != 0 && at->second.empty()) {
      timers_.erase(at);
    }
  }

  void on_save(data::SnapshotWriter& writer) final {
    held_.save(writer);
    writer.section<SavedRecord>([this](auto&& give) {
      for (const auto& [event_time, records] : records_) {
        for (const auto& [key, record] : records) {
          give({event_time, key, record});
        }
      }
    });
    writer.section<SavedTimer>([this](auto&& give) {
      for (const auto& [event_time, keys] : timers_) {
        for (const K& key : keys) {
          give({event_time, key});
        }
      }
    });
  }
  void on_restore(data::SnapshotReader& reader) final {
    held_.restore(reader, this->context());
    reader.section<SavedRecord>([&](const SavedRecord& saved) {
      const auto& [event_time, key, record] = saved;
      if (reader.owns_key(key)) {
        records_[event_time].emplace_back(key, record);
      }
    });
    reader.section<SavedTimer>([&](const SavedTimer& saved) {
      if (reader.owns_key(saved.second)) {
        timers_[saved.first].insert(saved.second);
      }
    });
  }

 private:
  using Record = std::pair<K, In>;
  using SavedRecord = std::tuple<std::int64_t, K, In>;
  using SavedTimer = std::pair<std::int64_t, K>;
  // An event time that is complete, and what of it is left to do.
  struct AtWork {
    std::int64_t event_time = 0;
    std::vector<Record> records;
    std::vector<K> timers;
    std::size_t next_record = 0;
    std::size_t next_timer = 0;
  };

  std::optional<std::int64_t> next_time() const {
    std::optional<std::int64_t> next;
    if (!records_.empty()) {
      next = records_.begin()->first;
    }
    if (!timers_.empty()) {
      next = std::min(next.value_or(timers_.begin()->first), timers_.begin()->first);
    }
    return next;
  }

  void begin(std::int64_t event_time) {
    AtWork& work = at_work_.emplace();
    work.event_time = event_time;
    if (auto node = records_.extract(event_time)) {
      work.records = std::move(node.mapped());
      std::sort(work.records.begin(), work.records.end(), [](const Record& a, const Record& b) {
        return data::CanonicalLess<In>{}(a.second, b.second);
      });
    }
  }

  // Whether all of it is done.
  bool work(dataflow::Output<Out>& output) {
    AtWork& work = *at_work_;
    const progress::Capability at = held_.at(work.event_time);
    this->context().work_at(at.time());
    session_ = output.session(at);
    for (; work.next_record != work.records.size(); ++work.next_record) {
      if (output.congested()) {
        return false;
      }
      const auto& [key, record] = work.records[work.next_record];
      on_record(key, record);
    }
    // A record of this time may still have cleared a timer.
    if (auto node = timers_.extract(work.event_time)) {
      work.timers.assign(node.mapped().begin(), node.mapped().end());
    }
    for (; work.next_timer != work.timers.size(); ++work.next_timer) {
      if (output.congested()) {
        return false;
      }
      on_timer(work.timers[work.next_timer]);
    }
    at_work_.reset();
    return true;
  }

  KeyOf key_;
  EventTimeOf at_;
  std::map<std::int64_t, std::vector<Record>> records_;
  std::map<std::int64_t, std::set<K, data::CanonicalLess<K>>> timers_;
  std::optional<AtWork> at_work_;
  std::optional<dataflow::Session<Out>> session_;
  HeldTimes held_;
};

}  // namespace eagre::windows
