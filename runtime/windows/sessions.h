// Sessions: what of a key comes without a pause. A session grows with each record, two become one
// when a record joins them, and it leaves when event time has passed the pause behind it. Source:
// Akidau et al., "The Dataflow Model" (VLDB 2015), section 2.2.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/progress/event_time.h"
#include "runtime/state/key_table.h"
#include "runtime/windows/held_times.h"
#include "runtime/windows/pane.h"

namespace eagre::windows {

// Records less than `gap` apart are of one session, which ends `gap` behind its last record.
// Throws MisuseError unless 0 < gap <= Slicing::kMost.
class SessionGap {
 public:
  explicit SessionGap(std::int64_t gap);
  // The last event time of a session whose last record is at `event_time`.
  std::int64_t due(std::int64_t event_time) const {
    return event_time > progress::kLastEventTime - gap_ ? progress::kLastEventTime
                                                        : event_time + gap_ - 1;
  }
  // Its window, from its first record on.
  Window window(std::int64_t first, std::int64_t due) const {
    return {first, due == progress::kLastEventTime ? due : due + 1};
  }

 private:
  std::int64_t gap_;
};

// key: const T& -> K. at: const T& -> event time.
template <class T, class K, class KeyOf, class At, class Fold>
class SessionWindows final : public dataflow::Unary<T, Pane<K, ResultOf<Fold, T>>> {
 public:
  using Out = Pane<K, ResultOf<Fold, T>>;
  using State = typename Fold::State;
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;

  SessionWindows(KeyOf key, At at, Fold fold, SessionGap gap)
      : key_(std::move(key)), at_(std::move(at)), fold_(std::move(fold)), gap_(gap) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Out>& output) override {
    const std::int64_t earliest = progress::event_time_of(input.time());
    input.for_each_block(block_, [&](std::span<const T> records) {
      keys_.update(records, key_, [&](const T& record, const K& key, Sessions& sessions, bool) {
        const std::int64_t event_time =
            checked_event_time(static_cast<std::int64_t>(at_(record)), earliest);
        const std::int64_t due = add(sessions, event_time, record);
        if (!sessions.waits_for || due < *sessions.waits_for) {
          wait(key, sessions, due);
          held_.cover(due, [&] {
            return output.retain(
                input.time().with(progress::kEventTime, progress::to_coordinate(due)));
          });
        }
      });
    });
  }

  // Many may be due: it stops when the receivers are full, and goes on later.
  bool on_frontier(dataflow::Output<Out>& output) override {
    const progress::Antichain& frontier = this->frontier();
    const std::optional<std::int64_t> least = progress::least_event_time(frontier);
    while (!waiting_.empty() && (!least || waiting_.begin()->first < *least)) {
      if (output.congested()) {
        return true;
      }
      const std::int64_t due = waiting_.begin()->first;
      const K key = std::move(waiting_.begin()->second.back());
      waiting_.begin()->second.pop_back();
      if (waiting_.begin()->second.empty()) {
        waiting_.erase(waiting_.begin());
      }
      release(key, due, output);
    }
    held_.move_on(progress::least_epoch(frontier),
                  waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first));
    return false;
  }

  bool recovers() const override { return data::Record<K> && data::Saveable<State>; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override {
    held_.save(writer);
    writer.section<Saved>([this](auto&& give) {
      keys_.for_each([&](const K& key, const Sessions& sessions) {
        for (const Session& session : sessions.all) {
          give({key, session.first, session.due, data::to_record(session.state)});
        }
      });
    });
  }
  void on_restore(data::SnapshotReader& reader) override {
    held_.restore(reader, this->context());
    reader.section<Saved>([&](const Saved& saved) {
      const auto& [key, first, due, state] = saved;
      if (!reader.owns_key(key)) {
        return;
      }
      Sessions& sessions = keys_.at(key);
      Session& session = sessions.all.emplace_back(Session{first, due, State{}});
      data::from_record(state, session.state);
      if (!sessions.waits_for || due < *sessions.waits_for) {
        wait(key, sessions, due);
      }
    });
  }

 private:
  struct Session {
    std::int64_t first = 0;
    // The last event time of its window.
    std::int64_t due = 0;
    State state{};
  };
  // Of one key.
  struct Sessions {
    // In the order of time; no two of them touch.
    std::vector<Session> all;
    // Where in waiting_ the key stands: at or before the first of what is due.
    std::optional<std::int64_t> waits_for;
  };
  using Saved = std::tuple<K, std::int64_t, std::int64_t, data::SavedAs<State>>;

  // Adds a record to the session that it belongs to; returns when that is due.
  std::int64_t add(Sessions& sessions, std::int64_t event_time, const T& record) {
    const std::int64_t due = gap_.due(event_time);
    std::vector<Session>& all = sessions.all;
    // The first that does not end before the record.
    auto at = std::lower_bound(
        all.begin(), all.end(), event_time,
        [](const Session& session, std::int64_t time) { return session.due < time; });
    if (at == all.end() || due < at->first) {
      at = all.insert(at, Session{event_time, due, State{}});
    }
    at->first = std::min(at->first, event_time);
    at->due = std::max(at->due, due);
    fold_.add(at->state, record);
    if (const auto next = at + 1; next != all.end() && next->first <= at->due) {
      at->due = std::max(at->due, next->due);
      fold_.merge(at->state, std::as_const(next->state));
      all.erase(next);
    }
    return at->due;
  }

  void wait(const K& key, Sessions& sessions, std::int64_t due) {
    sessions.waits_for = due;
    waiting_[due].push_back(key);
  }

  // The key stood at `due`: its session of that time leaves, if there is one.
  void release(const K& key, std::int64_t due, dataflow::Output<Out>& output) {
    Sessions* const sessions = keys_.find(key);
    if (sessions == nullptr || sessions->waits_for != due) {
      return;
    }
    Session& first = sessions->all.front();
    if (first.due == due) {
      output.session(held_.at(due))
          .give({key, gap_.window(first.first, due), fold_.result(first.state)});
      sessions->all.erase(sessions->all.begin());
    }
    if (sessions->all.empty()) {
      keys_.erase(key);
    } else {
      wait(key, *sessions, sessions->all.front().due);
    }
  }

  KeyOf key_;
  At at_;
  Fold fold_;
  SessionGap gap_;
  state::KeyTable<K, Sessions> keys_;
  // Keys by when they are looked at again. A key stands once at its waits_for; where else it stands
  // is of no account.
  std::map<std::int64_t, std::vector<K>> waiting_;
  HeldTimes held_;
  std::vector<T> block_;
};

}  // namespace eagre::windows
