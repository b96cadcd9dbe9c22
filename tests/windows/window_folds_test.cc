// What is computed of the records in a window, against the same computed from scratch.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <vector>

#include "tests/windows/readings.h"

namespace eagre {
namespace {

using api::Scope;
using api::Sliding;
using testing::always_gives;
using testing::by_epoch;
using testing::panes;
using testing::random_readings;
using testing::Reading;
using testing::ReadingEpochs;
using testing::rows;
using testing::sensor_of;
using testing::split;
using testing::sum_of;
using testing::time_of;
using testing::value_of;

TEST_CASE("every fold of a window is that of its records") {
  base::Random random(5);
  const ReadingEpochs epochs = random_readings(random, 5, 10);
  const ReadingEpochs on_time = split(epochs, 8).on_time;
  const auto check = [&](auto fold, auto result) {
    using V = decltype(result(std::vector<Reading>{}));
    always_gives(
        [&](Scope& scope) {
          return rows<V>(fold(by_epoch(scope, epochs)
                                  .assign_event_time(time_of, {.bound = 8})
                                  .on_time.key_by(sensor_of)
                                  .window(time_of, Sliding{12, 5})));
        },
        panes<V>(on_time, 12, 5, 0, result), 1);
  };
  check([](const auto& windows) { return windows.count(); },
        [](const std::vector<Reading>& all) { return std::uint64_t{all.size()}; });
  check([](const auto& windows) { return windows.mean(value_of); },
        [](const std::vector<Reading>& all) {
          return static_cast<double>(sum_of(all)) / static_cast<double>(all.size());
        });
  check(
      [](const auto& windows) {
        return windows.sum([](const Reading& r) { return static_cast<double>(r.value) / 8; });
      },
      [](const std::vector<Reading>& all) { return static_cast<double>(sum_of(all)) / 8; });
  check([](const auto& windows) { return windows.min(value_of); },
        [](const std::vector<Reading>& all) {
          std::int64_t least = all.front().value;
          for (const Reading& reading : all) {
            least = std::min(least, reading.value);
          }
          return least;
        });
  check([](const auto& windows) { return windows.distinct(value_of); },
        [](const std::vector<Reading>& all) {
          std::vector<std::int64_t> values;
          values.reserve(all.size());
          for (const Reading& reading : all) {
            values.push_back(reading.value);
          }
          std::sort(values.begin(), values.end());
          return static_cast<std::uint64_t>(std::unique(values.begin(), values.end()) -
                                            values.begin());
        });
  check([](const auto& windows) { return windows.collect(); },
        [](const std::vector<Reading>& all) { return all; });
  check(
      [](const auto& windows) {
        return windows.top_k(2,
                             [](const Reading& a, const Reading& b) { return a.value > b.value; });
      },
      [](std::vector<Reading> all) {
        std::stable_sort(all.begin(), all.end(),
                         [](const Reading& a, const Reading& b) { return a.value > b.value; });
        all.resize(std::min<std::size_t>(all.size(), 2));
        return all;
      });
  check(
      [](const auto& windows) {
        return windows.reduce([](const Reading& a, const Reading& b) { return std::max(a, b); });
      },
      [](const std::vector<Reading>& all) { return all.back(); });
  check(
      [](const auto& windows) {
        return windows.template fold<std::uint64_t>(
            [](std::uint64_t& bits, const Reading& r) { bits |= std::uint64_t{1} << r.value; },
            [](std::uint64_t& bits, std::uint64_t part) { bits |= part; },
            [](std::uint64_t bits) { return bits; });
      },
      [](const std::vector<Reading>& all) {
        std::uint64_t bits = 0;
        for (const Reading& reading : all) {
          bits |= std::uint64_t{1} << reading.value;
        }
        return bits;
      });
}

}  // namespace
}  // namespace eagre
