// What windows keep of their records.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <vector>

#include "tests/windows/check_fold.h"

namespace eagre {
namespace {

using testing::check_fold;
using testing::Reading;

TEST_CASE("every fold of a window to records is that of its records") {
  check_fold([](const auto& windows) { return windows.collect(); },
             [](const std::vector<Reading>& all) { return all; });
  check_fold(
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
  check_fold(
      [](const auto& windows) {
        return windows.reduce([](const Reading& a, const Reading& b) { return std::max(a, b); });
      },
      [](const std::vector<Reading>& all) { return all.back(); });
  check_fold(
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
