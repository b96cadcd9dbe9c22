// Event time: when something happened, as the records say. A signed 64-bit number of whatever unit
// they count. In a scope of event time it is coordinate 1 of times, behind the epoch, with its sign
// bit flipped, so that the order of coordinates is that of event times. There it is a lower bound:
// a batch at (e, w) holds records whose own event time is at or after w.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "runtime/progress/antichain.h"
#include "runtime/progress/time.h"

namespace eagre::progress {

// Its coordinate.
inline constexpr std::size_t kEventTime = 1;

inline constexpr std::int64_t kFirstEventTime = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kLastEventTime = std::numeric_limits<std::int64_t>::max();

constexpr std::uint64_t to_coordinate(std::int64_t event_time) {
  return static_cast<std::uint64_t>(event_time) ^ (std::uint64_t{1} << 63);
}
constexpr std::int64_t from_coordinate(std::uint64_t coordinate) {
  return static_cast<std::int64_t>(coordinate ^ (std::uint64_t{1} << 63));
}
// Of a time in a scope of event time.
inline std::int64_t event_time_of(const Time& time) {
  return from_coordinate(time[kEventTime]);
}

// The least event time that may still come, whatever its epoch: an event time is complete when all
// that may come is later. Nothing if nothing may.
inline std::optional<std::int64_t> least_event_time(const Antichain& frontier) {
  std::optional<std::int64_t> least;
  for (const Time& time : frontier) {
    const std::int64_t event_time = event_time_of(time);
    least = least && *least < event_time ? *least : event_time;
  }
  return least;
}

// The least epoch that may still come. Nothing if nothing may.
inline std::optional<std::uint64_t> least_epoch(const Antichain& frontier) {
  std::optional<std::uint64_t> least;
  for (const Time& time : frontier) {
    least = least && *least < time[0] ? *least : time[0];
  }
  return least;
}

// "(event time 1000, 2)", of a time in a scope of event time and round 2 of a loop inside it.
// Without the epoch, which depends on the schedule where windows have left.
std::string event_time_text(const Time& time);

}  // namespace eagre::progress
