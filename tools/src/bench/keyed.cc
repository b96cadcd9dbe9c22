#include <algorithm>

#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace eagre::bench {
namespace {

constexpr std::uint64_t kRecords = 20'000'000;
constexpr std::uint64_t kKeys = 1'000'000;
constexpr std::uint64_t kEpochs = 100;

using Count = std::pair<std::uint64_t, std::uint64_t>;

constexpr auto same = [](const std::uint64_t& x) { return x; };
constexpr auto second = [](const Count& count) { return count.second; };

base::Result<Sample> keyed_count(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = kRecords / shrink;
  const Baseline expected = map_loop(n, kKeys);
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             add_up(numbered<std::uint64_t>(
                                        scope, n, kEpochs,
                                        [](std::uint64_t i) { return splitmix64(i) % kKeys; })
                                        .key_by(same)
                                        .running_count(),
                                    totals, second);
                           }),
                 *totals, n, expected.sum);
}

base::Result<Sample> keyed_count_epoch(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = kRecords / shrink;
  const Baseline changed = set_loop(n, kKeys, kEpochs);
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             add_up(numbered<std::uint64_t>(
                                        scope, n, kEpochs,
                                        [](std::uint64_t i) { return splitmix64(i) % kKeys; })
                                        .key_by(same)
                                        .count(),
                                    totals, second);
                           }),
                 *totals, changed.count, n);
}

// n keys of 0..kKeys-1, each with probability proportional to 1 / (key + 1); the first call draws
// them.
const std::vector<std::uint64_t>& zipf_keys(std::uint64_t n) {
  static const std::vector<std::uint64_t> keys = [n] {
    std::vector<double> cumulative(kKeys);
    double sum = 0;
    for (std::uint64_t key = 0; key < kKeys; ++key) {
      sum += 1 / static_cast<double>(key + 1);
      cumulative[key] = sum;
    }
    std::vector<std::uint64_t> drawn(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const double at = static_cast<double>(splitmix64(i) >> 11) * 0x1.0p-53 * sum;
      drawn[i] = static_cast<std::uint64_t>(
          std::upper_bound(cumulative.begin(), cumulative.end(), at) - cumulative.begin());
    }
    return drawn;
  }();
  return keys;
}

base::Result<Sample> zipf(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = kRecords / shrink;
  const std::uint64_t* keys = zipf_keys(n).data();
  const Baseline expected = map_loop(zipf_keys(n));
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             add_up(
                                 numbered<std::uint64_t>(
                                     scope, n, kEpochs, [keys](std::uint64_t i) { return keys[i]; })
                                     .key_by(same)
                                     .running_count(),
                                 totals, second);
                           }),
                 *totals, n, expected.sum);
}

base::Result<Sample> distinct(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = kRecords / 2 / shrink;
  constexpr std::uint64_t kFewKeys = 100'000;
  const Baseline expected = set_loop(n, kFewKeys, kEpochs);
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             add_up(numbered<std::uint64_t>(
                                        scope, n, kEpochs,
                                        [](std::uint64_t i) { return splitmix64(i) % kFewKeys; })
                                        .distinct(),
                                    totals, same);
                           }),
                 *totals, expected.count, expected.sum);
}

base::Result<Sample> words(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = 5'000'000 / shrink;
  auto vocabulary = std::make_shared<std::vector<std::string>>();
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    vocabulary->push_back("word" + std::to_string(splitmix64(i) % 1'000'000));
  }
  std::sort(vocabulary->begin(), vocabulary->end());
  vocabulary->erase(std::unique(vocabulary->begin(), vocabulary->end()), vocabulary->end());
  std::vector<bool> used(vocabulary->size());
  for (std::uint64_t i = 0; i < n; ++i) {
    used[splitmix64(i) % used.size()] = true;
  }
  const auto different = static_cast<std::uint64_t>(std::count(used.begin(), used.end(), true));
  auto totals = std::make_shared<Totals>();
  return checked(
      run_timed(
          workers, n,
          [&](Scope& scope) {
            add_up(numbered<std::string>(scope, n, 1,
                                         [vocabulary](std::uint64_t i) -> const std::string& {
                                           return (*vocabulary)[splitmix64(i) % vocabulary->size()];
                                         })
                       .key_by([](const std::string& word) { return word; })
                       .count(),
                   totals, [](const std::pair<std::string, std::uint64_t>& c) { return c.second; });
          }),
      *totals, different, n);
}

base::Result<Sample> hash_join(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = 10'000'000 / shrink;
  const std::uint64_t keys = kKeys / shrink;
  std::vector<std::uint64_t> left(keys);
  std::vector<std::uint64_t> right(keys);
  for (std::uint64_t i = 0; i < n; ++i) {
    ++left[splitmix64(2 * i) % keys];
    ++right[splitmix64(2 * i + 1) % keys];
  }
  std::uint64_t pairs = 0;
  for (std::uint64_t key = 0; key < keys; ++key) {
    pairs += left[key] * right[key];
  }
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, 2 * n,
                           [&](Scope& scope) {
                             const auto side = [&](std::uint64_t offset) {
                               return numbered<Count>(scope, n, 1,
                                                      [=](std::uint64_t i) {
                                                        return Count(
                                                            splitmix64(2 * i + offset) % keys, i);
                                                      })
                                   .key_by([](const Count& c) { return c.first; });
                             };
                             add_up(side(0).join(side(1), [](const std::uint64_t& key, const Count&,
                                                             const Count&) { return key; }),
                                    totals, [](const std::uint64_t&) { return std::uint64_t{1}; });
                           }),
                 *totals, pairs, pairs);
}

Sample uniform_baseline(std::uint32_t, std::uint64_t shrink) {
  return sample_of(map_loop(kRecords / shrink, kKeys));
}

}  // namespace

std::vector<Workload> keyed_workloads() {
  return {{"keyed_count", Ratio::rate, keyed_count, uniform_baseline, uniform_baseline},
          {"keyed_count_epoch", Ratio::rate, keyed_count_epoch, uniform_baseline},
          {"zipf", Ratio::rate, zipf,
           [](std::uint32_t, std::uint64_t shrink) {
             return sample_of(map_loop(zipf_keys(kRecords / shrink)));
           }},
          {"distinct", Ratio::rate, distinct,
           [](std::uint32_t, std::uint64_t shrink) {
             const std::uint64_t n = kRecords / 2 / shrink;
             return Sample{n, set_loop(n, 100'000, kEpochs).seconds, {}};
           }},
          {"words", Ratio::rate, words, uniform_baseline, uniform_baseline},
          {"hash_join", Ratio::rate, hash_join, uniform_baseline}};
}

}  // namespace eagre::bench
