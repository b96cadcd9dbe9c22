// The open sessions of one key, in the order of time. Most keys have one at a time: it lies in
// place, and only what follows it is elsewhere.
//
// Law: no two sessions touch; which there are does not depend on the order of records.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

namespace eagre::windows {

template <class State>
struct OpenSession {
  // Its first record.
  std::int64_t first = 0;
  // The last event time of its window.
  std::int64_t due = 0;
  State state{};
};

// Threads: value.
template <class State>
class SessionList {
 public:
  using Session = OpenSession<State>;

  bool empty() const { return empty_; }
  // The one that is due first; there must be one.
  Session& front() { return front_; }

  // The session of a record at `event_time`, which alone would make one that is due at `due`: a new
  // one, or one that grows by it; sessions that it joins become one. merge(State&, const State&).
  template <class Merge>
  Session& grow(std::int64_t event_time, std::int64_t due, Merge&& merge) {
    const std::size_t at = first_not_before(event_time);
    if (at == size() || due < session(at).first) {
      insert(at, Session{event_time, due, State{}});
      return session(at);
    }
    Session& grown = session(at);
    grown.first = std::min(grown.first, event_time);
    grown.due = std::max(grown.due, due);
    if (at + 1 == size() || session(at + 1).first > grown.due) {
      return grown;
    }
    const Session next = std::move((*rest_)[at]);
    rest_->erase(rest_->begin() + static_cast<std::ptrdiff_t>(at));
    drop_empty_rest();
    Session& joined = session(at);
    joined.due = std::max(joined.due, next.due);
    merge(joined.state, next.state);
    return joined;
  }

  void pop_front() {
    if (rest_ == nullptr) {
      empty_ = true;
      return;
    }
    front_ = std::move(rest_->front());
    rest_->pop_front();
    drop_empty_rest();
  }

  // f: (const Session&) -> void, in order.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t at = 0; at != size(); ++at) {
      f(at == 0 ? front_ : (*rest_)[at - 1]);
    }
  }
  // Behind all that there are.
  void push_back(Session session) { insert(size(), std::move(session)); }

 private:
  // The first that does not end before `event_time`. Records most often come to the last one.
  std::size_t first_not_before(std::int64_t event_time) {
    if (empty_ || session(size() - 1).due < event_time) {
      return size();
    }
    if (rest_ == nullptr || front_.due >= event_time) {
      return 0;
    }
    const auto at = std::lower_bound(
        rest_->begin(), rest_->end(), event_time,
        [](const Session& session, std::int64_t time) { return session.due < time; });
    return static_cast<std::size_t>(at - rest_->begin()) + 1;
  }

  std::size_t size() const { return empty_ ? 0 : 1 + (rest_ == nullptr ? 0 : rest_->size()); }
  Session& session(std::size_t at) { return at == 0 ? front_ : (*rest_)[at - 1]; }

  void drop_empty_rest() {
    if (rest_->empty()) {
      rest_.reset();
    }
  }

  void insert(std::size_t at, Session session) {
    if (empty_) {
      front_ = std::move(session);
      empty_ = false;
      return;
    }
    if (rest_ == nullptr) {
      rest_ = std::make_unique<std::deque<Session>>();
    }
    if (at == 0) {
      std::swap(session, front_);
      at = 1;
    }
    rest_->insert(rest_->begin() + static_cast<std::ptrdiff_t>(at) - 1, std::move(session));
  }

  Session front_;
  // Null if there are none.
  std::unique_ptr<std::deque<Session>> rest_;
  bool empty_ = true;
};

}  // namespace eagre::windows
