#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace eagre::bench {
namespace {

base::Result<Sample> pipeline(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = 100'000'000 / shrink;
  const Baseline expected = one_pass(n, 1);
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             const auto numbers = numbered<std::uint64_t>(
                                 scope, n, 100, [](std::uint64_t i) { return i; });
                             add_up(numbers.map([](const std::uint64_t& x) { return x + 1; })
                                        .filter([](const std::uint64_t& x) { return x % 2 == 0; })
                                        .map([](const std::uint64_t& x) { return x * 3; }),
                                    totals, [](const std::uint64_t& x) { return x; });
                           }),
                 *totals, expected.count, expected.sum);
}

struct Visit {
  std::string user;
  std::string page;
  std::uint64_t time = 0;
  std::int64_t bytes = 0;
  double seconds = 0;
};

base::Result<Sample> record(std::uint32_t workers, std::uint64_t shrink) {
  const std::uint64_t n = 5'000'000 / shrink;
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, n,
                           [&](Scope& scope) {
                             const auto visits = numbered<Visit>(
                                 scope, n, 100, [visit = Visit()](std::uint64_t i) mutable {
                                   visit.user = "user-" + std::to_string(i % 1000);
                                   visit.page = "/page/" + std::to_string(i % 77);
                                   visit.time = i;
                                   visit.bytes = 1;
                                   visit.seconds = 0.5;
                                   return visit;
                                 });
                             add_up(visits.exchange([](const Visit& v) { return v.user; }), totals,
                                    [](const Visit& v) { return v.time; });
                           }),
                 *totals, n, n * (n - 1) / 2);
}

}  // namespace

std::vector<Workload> stateless_workloads() {
  return {{"pipeline", Ratio::rate, pipeline,
           [](std::uint32_t workers, std::uint64_t shrink) {
             const std::uint64_t n = 100'000'000 / shrink;
             return Sample{n, one_pass(n, workers).seconds};
           }},
          {"record", Ratio::rate, record, [](std::uint32_t, std::uint64_t shrink) {
             return sample_of(spsc_ring(50'000'000 / shrink));
           }}};
}

}  // namespace eagre::bench
