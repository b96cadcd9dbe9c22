#include "tools/src/bench/parts.h"

#include <chrono>

#include "tools/src/bench/fleet.h"
#include "tools/src/bench/memory.h"

namespace eagre::bench {
namespace {

actors::Scheduler scheduler_in_use = actors::Scheduler::pinned;

// The peak of a dataflow with as many workers that gets no records. What the workload has prepared
// is in it, so that the difference to the workload's own peak is what the work itself takes.
std::uint64_t idle_rss_kb(const Options& options) {
  forget_peak_rss();
  const Status status =
      run(options, [](Scope& scope) { scope.new_input<std::uint64_t>("idle").stream().probe(); });
  return status.ok() ? peak_rss_kb() : 0;
}

}  // namespace

void use_scheduler(actors::Scheduler scheduler) {
  scheduler_in_use = scheduler;
}

base::Result<Sample> run_timed(std::uint32_t workers, std::uint64_t records,
                               const std::function<void(Scope&)>& define) {
  Options options;
  options.workers = workers / place().processes;
  options.scheduler = scheduler_in_use;
  if (place().processes > 1) {
    options.cluster.nodes = next_addresses();
    options.cluster.node = place().process;
  }
  Sample sample;
  sample.records = records;
  // Once a process, in the warm-up: what is measured later finds its memory mapped already.
  static bool memory_is_known = false;
  const bool measures_memory = place().processes == 1 && !std::exchange(memory_is_known, true);
  if (measures_memory) {
    sample.idle_rss_kb = idle_rss_kb(options);
    forget_peak_rss();
  }
  std::string results;
  const auto start = std::chrono::steady_clock::now();
  Status status = run(options, define, &results);
  sample.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (measures_memory) {
    sample.rss_kb = peak_rss_kb();
  }
  if (!status.ok()) {
    return status;
  }
  return sample;
}

base::Result<Sample> checked(base::Result<Sample> sample, Totals& totals, std::uint64_t count,
                             std::uint64_t sum) {
  if (place().processes > 1) {
    if (!sample.ok()) {
      return sample;
    }
    add_up(totals);
  }
  if (place().process == 0 && sample.ok() && (totals.count != count || totals.sum != sum)) {
    return Status(base::Code::failed, "wrong result: " + std::to_string(totals.count) +
                                          " records that add up to " + std::to_string(totals.sum) +
                                          ", expected " + std::to_string(count) + " and " +
                                          std::to_string(sum));
  }
  return sample;
}

}  // namespace eagre::bench
