// What windows count and compute of their records.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <vector>

#include "tests/windows/check_fold.h"

namespace eagre {
namespace {

using testing::check_fold;
using testing::Reading;
using testing::sum_of;
using testing::value_of;

TEST_CASE("every fold of a window to a number is that of its records") {
  check_fold([](const auto& windows) { return windows.count(); },
             [](const std::vector<Reading>& all) { return std::uint64_t{all.size()}; });
  check_fold([](const auto& windows) { return windows.mean(value_of); },
             [](const std::vector<Reading>& all) {
               return static_cast<double>(sum_of(all)) / static_cast<double>(all.size());
             });
  check_fold(
      [](const auto& windows) {
        return windows.sum([](const Reading& r) { return static_cast<double>(r.value) / 8; });
      },
      [](const std::vector<Reading>& all) { return static_cast<double>(sum_of(all)) / 8; });
  check_fold([](const auto& windows) { return windows.min(value_of); },
             [](const std::vector<Reading>& all) {
               std::int64_t least = all.front().value;
               for (const Reading& reading : all) {
                 least = std::min(least, reading.value);
               }
               return least;
             });
  check_fold([](const auto& windows) { return windows.distinct(value_of); },
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
}

}  // namespace
}  // namespace eagre
