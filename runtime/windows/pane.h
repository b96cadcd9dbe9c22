// What goes into windows and comes out of them.
#pragma once

#include <cstdint>
#include <utility>

#include "runtime/windows/slicing.h"

namespace eagre::windows {

// The result of one window.
template <class K, class V>
struct Pane {
  K key{};
  Window window;
  V value{};
};

// How records become the state of a window, and that its result. Fold::State is a default-made
// state; records may come in any order, and states of parts of a window are merged.
//   void add(State&, const T&);  void merge(State&, const State&);  Result result(State&);
template <class Fold, class T>
using ResultOf = decltype(std::declval<Fold&>().result(std::declval<typename Fold::State&>()));

[[noreturn]] void fail_dated_back(std::int64_t event_time, std::int64_t earliest);

// The event time that a window's function gives for a record of a batch in which all are at or
// after `earliest`. Throws MisuseError, with both, if it is before that.
inline std::int64_t checked_event_time(std::int64_t event_time, std::int64_t earliest) {
  if (event_time < earliest) [[unlikely]] {
    fail_dated_back(event_time, earliest);
  }
  return event_time;
}

}  // namespace eagre::windows
