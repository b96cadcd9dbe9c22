// Windows of a fixed size at fixed distances, and the slices that they are made of: a slice lies
// wholly in or out of each window, and no window begins or ends inside one. So each record belongs
// to one slice, however many windows overlap there. Source: Carbone et al., "Cutty: aggregate
// sharing for user-defined windows" (CIKM 2016), section 3; Traub et al., "Scotty: efficient window
// aggregation" (ICDE 2018).
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/progress/event_time.h"

namespace eagre::windows {

// From `start` on, before `end`. Cut at the bounds of event time: a window that would end after the
// last event time has that as its end, and contains it.
// Threads: value.
struct Window {
  std::int64_t start = 0;
  std::int64_t end = 0;

  // The last event time inside.
  std::int64_t last() const { return end == progress::kLastEventTime ? end : end - 1; }

  friend bool operator==(const Window&, const Window&) = default;
};

// Both event times are inside.
struct Slice {
  std::int64_t first = 0;
  std::int64_t last = 0;

  friend bool operator==(const Slice&, const Slice&) = default;
};

// Windows are numbered: number k starts at offset + k * slide. Numbers can exceed 64 bits near the
// bounds of event time.
__extension__ using WindowNumber = __int128;

// Threads: value.
class Slicing {
 public:
  // The most that a size or a slide may be.
  static constexpr std::int64_t kMost = std::int64_t{1} << 60;

  // Throws MisuseError unless 0 < size, slide <= kMost. With a slide above the size there are gaps
  // between windows.
  Slicing(std::int64_t size, std::int64_t slide, std::int64_t offset);
  // Throws MisuseError, naming what it is, unless 0 < value <= kMost.
  static void check(const char* what, std::int64_t value);

  // The slice that holds an event time; nothing in a gap.
  std::optional<Slice> slice_at(std::int64_t event_time) const;
  // The first and the last window that hold it.
  WindowNumber first_at(std::int64_t event_time) const;
  WindowNumber last_at(std::int64_t event_time) const;
  Window window(WindowNumber number) const;
  // The last event time inside, where that is not beyond the bounds of event time.
  std::optional<std::int64_t> last_of(WindowNumber number) const;

 private:
  template <class N>
  std::optional<Slice> slice_of(N event_time) const;

  std::int64_t size_;
  std::int64_t slide_;
  // In [0, slide).
  std::int64_t offset_;
};

}  // namespace eagre::windows
