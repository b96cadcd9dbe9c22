// Random readings with event times, out of order, in ties, with gaps and before 1970, and what the
// laws of event time make of them, computed from scratch: the comparison of every test of windows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/base/random.h"
#include "runtime/progress/event_time.h"
#include "runtime/windows/slicing.h"
#include "runtime/windows/window_operator.h"
#include "tests/support/run_loop.h"

namespace eagre::testing {

struct Reading {
  std::uint32_t sensor = 0;
  std::int64_t at = 0;
  std::int64_t value = 0;

  friend bool operator==(const Reading&, const Reading&) = default;
  friend auto operator<=>(const Reading&, const Reading&) = default;
};
using ReadingEpochs = std::vector<std::vector<Reading>>;

inline std::uint32_t sensor_of(const Reading& reading) {
  return reading.sensor;
}
inline std::int64_t time_of(const Reading& reading) {
  return reading.at;
}
inline std::int64_t value_of(const Reading& reading) {
  return reading.value;
}

inline std::int64_t sum_of(const std::vector<Reading>& readings) {
  std::int64_t sum = 0;
  for (const Reading& reading : readings) {
    sum += reading.value;
  }
  return sum;
}

// Event time moves on by about `speed` an epoch; records are up to `disorder` behind, and some
// more.
inline ReadingEpochs random_readings(base::Random& random, std::int64_t speed,
                                     std::int64_t disorder) {
  ReadingEpochs epochs(1 + random.below(8));
  std::int64_t now = static_cast<std::int64_t>(random.below(200)) - 100;
  const auto some = [&](std::int64_t below) {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(below) + 1));
  };
  for (auto& epoch : epochs) {
    for (std::uint64_t left = random.below(12); left > 0; --left) {
      const std::int64_t behind = some(random.below(8) == 0 ? 3 * disorder + 5 : disorder);
      epoch.push_back({static_cast<std::uint32_t>(random.below(4)), now - behind, some(9)});
    }
    now += random.below(6) == 0 ? 10 * speed : some(2 * speed);
  }
  return epochs;
}

// Which records are on time, and which are late, by epoch.
struct Split {
  ReadingEpochs on_time;
  ReadingEpochs late;
};
inline Split split(const ReadingEpochs& epochs, std::int64_t bound) {
  Split split{ReadingEpochs(epochs.size()), ReadingEpochs(epochs.size())};
  std::optional<std::int64_t> newest;
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    std::optional<std::int64_t> next = newest;
    for (const Reading& reading : epochs[e]) {
      const bool late = newest && reading.at < *newest - bound;
      (late ? split.late : split.on_time)[e].push_back(reading);
      next = std::max(next.value_or(reading.at), reading.at);
    }
    newest = next;
  }
  return split;
}

template <class V>
using PaneOf = windows::Pane<std::uint32_t, V>;

// A pane as a value that can be compared and printed.
template <class V>
struct PaneRow {
  std::uint32_t key = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  V value{};

  friend bool operator==(const PaneRow&, const PaneRow&) = default;
};

// The panes of all windows [k * slide + offset, + size) that hold a reading, at their times.
// result: sorted readings -> V.
template <class V, class Result>
Timed<PaneRow<V>> panes(const ReadingEpochs& on_time, std::int64_t size, std::int64_t slide,
                        std::int64_t offset, Result result) {
  std::map<std::pair<std::int64_t, std::uint32_t>, std::vector<Reading>> windows;
  for (const auto& epoch : on_time) {
    for (const Reading& reading : epoch) {
      // The first start after it, and then back.
      std::int64_t start = offset % slide;
      while (start <= reading.at) {
        start += slide;
      }
      while (start > reading.at) {
        start -= slide;
      }
      for (; start + size > reading.at; start -= slide) {
        windows[{start, reading.sensor}].push_back(reading);
      }
    }
  }
  Timed<PaneRow<V>> all;
  for (auto& [window, readings] : windows) {
    const auto [start, sensor] = window;
    std::sort(readings.begin(), readings.end());
    all.emplace_back(progress::Time{0, progress::to_coordinate(start + size - 1)},
                     PaneRow<V>{sensor, start, start + size, result(readings)});
  }
  return in_order(std::move(all));
}

// The same for sessions: readings of a sensor less than `gap` apart.
template <class V, class Result>
Timed<PaneRow<V>> sessions(const ReadingEpochs& on_time, std::int64_t gap, Result result) {
  std::map<std::uint32_t, std::vector<Reading>> sensors;
  for (const auto& epoch : on_time) {
    for (const Reading& reading : epoch) {
      sensors[reading.sensor].push_back(reading);
    }
  }
  Timed<PaneRow<V>> all;
  for (auto& [sensor, readings] : sensors) {
    std::sort(readings.begin(), readings.end());
    for (auto begin = readings.begin(); begin != readings.end();) {
      const auto end = std::adjacent_find(
          begin, readings.end(),
          [gap](const Reading& a, const Reading& b) { return b.at - a.at >= gap; });
      const auto next = end == readings.end() ? end : end + 1;
      const std::int64_t last = (next - 1)->at + gap;
      all.emplace_back(progress::Time{0, progress::to_coordinate(last - 1)},
                       PaneRow<V>{sensor, begin->at, last, result({begin, next})});
      begin = next;
    }
  }
  return in_order(std::move(all));
}

template <class V>
std::shared_ptr<Timed<PaneRow<V>>> rows(const api::Stream<PaneOf<V>>& panes) {
  return timed(panes.map([](const PaneOf<V>& pane) {
    return PaneRow<V>{pane.key, pane.window.start, pane.window.end, pane.value};
  }));
}

}  // namespace eagre::testing
