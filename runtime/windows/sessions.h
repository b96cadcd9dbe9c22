// Sessions: what of a key comes without a pause. A session grows with each record, two become one
// when a record joins them, and it leaves when event time has passed the pause behind it. Source:
// Akidau et al., "The Dataflow Model" (VLDB 2015), section 2.2.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
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
#include "runtime/windows/session_list.h"

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
        const bool is_new = sessions.open.empty();
        Session& session = sessions.open.grow(event_time, gap_.due(event_time), merge());
        fold_.add(session.state, record);
        if (is_new || session.due < sessions.waits_for) {
          wait(key, sessions, session.due);
          held_.cover(session.due, [&] {
            return output.retain(
                input.time().with(progress::kEventTime, progress::to_coordinate(session.due)));
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
      release_some(output);
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
        sessions.open.for_each([&](const Session& session) {
          give({key, session.first, session.due, data::to_record(session.state)});
        });
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
      Session session{first, due, State{}};
      data::from_record(state, session.state);
      if (sessions.open.empty()) {
        wait(key, sessions, due);
      }
      sessions.open.push_back(std::move(session));
    });
  }

 private:
  using Session = OpenSession<State>;
  // Of one key.
  struct Sessions {
    SessionList<State> open;
    // Where in waiting_ the key stands: at or before the first of what is due.
    std::int64_t waits_for = 0;
  };
  using Saved = std::tuple<K, std::int64_t, std::int64_t, data::SavedAs<State>>;
  // Keys looked up at once.
  static constexpr std::size_t kAtOnce = 128;

  auto merge() {
    return [this](State& into, const State& part) { fold_.merge(into, part); };
  }

  void wait(const K& key, Sessions& sessions, std::int64_t due) {
    sessions.waits_for = due;
    // Most often it is the one of the record before.
    if (last_ == waiting_.end() || last_->first != due) {
      last_ = waiting_.try_emplace(due).first;
    }
    last_->second.push_back(key);
  }

  // Some of the keys that stand first: their sessions of that time leave, where there are any.
  void release_some(dataflow::Output<Out>& output) {
    const std::int64_t due = waiting_.begin()->first;
    std::vector<K>& all = waiting_.begin()->second;
    const std::size_t left = all.size() - std::min(all.size(), kAtOnce);
    standing_.assign(std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(left)),
                     std::make_move_iterator(all.end()));
    all.resize(left);
    if (left == 0) {
      waiting_.erase(waiting_.begin());
      last_ = waiting_.end();
    }
    auto session = output.session(held_.at(due));
    auto itself = [](const K& key) -> const K& { return key; };
    done_.clear();
    keys_.look_up(
        std::span<const K>(standing_), itself, [&](const K&, const K& key, Sessions* sessions) {
          if (sessions == nullptr || sessions->waits_for != due || sessions->open.empty()) {
            return;
          }
          if (Session& first = sessions->open.front(); first.due == due) {
            session.give({key, gap_.window(first.first, due), fold_.result(first.state)});
            sessions->open.pop_front();
          }
          if (sessions->open.empty()) {
            done_.push_back(key);
          } else {
            wait(key, *sessions, sessions->open.front().due);
          }
        });
    for (const K& key : done_) {
      keys_.erase(key);
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
  // Where a key was put last.
  typename std::map<std::int64_t, std::vector<K>>::iterator last_ = waiting_.end();
  std::vector<K> standing_;
  std::vector<K> done_;
  HeldTimes held_;
  std::vector<T> block_;
};

}  // namespace eagre::windows
