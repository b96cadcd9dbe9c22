// What a workload is, how it is measured, and what a result holds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "tools/src/bench/baselines.h"

namespace eagre::bench {

// One repetition. `latencies` in microseconds, one an event, in any order; may be empty.
struct Sample {
  std::uint64_t records = 0;
  double seconds = 0;
  std::vector<double> latencies = {};
  // Peak memory of the process while it ran, and of an idle dataflow before it; 0: not measured.
  std::uint64_t rss_kb = 0;
  std::uint64_t idle_rss_kb = 0;
};

// How a result relates to its baseline.
enum class Ratio : unsigned char {
  rate,  // rate / baseline rate: higher is better
  time,  // time of a round / time of a hop: lower is better
};

struct Workload {
  std::string name;
  Ratio ratio = Ratio::rate;
  // Runs once and checks its own result. `shrink` divides the size.
  std::function<base::Result<Sample>(std::uint32_t workers, std::uint64_t shrink)> run;
  // The baseline of the same size; records and seconds.
  std::function<Sample(std::uint32_t workers, std::uint64_t shrink)> baseline;
  // The baseline for several processes, if it can run on them.
  std::function<Sample(std::uint32_t workers, std::uint64_t shrink)> network_baseline = nullptr;
};

struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

struct Percentiles {
  double p50 = 0;
  double p99 = 0;
  double p999 = 0;
  double max = 0;
};

struct Measurement {
  std::string workload;
  std::uint32_t workers = 1;  // of each process
  std::uint32_t processes = 1;
  std::uint64_t records = 0;
  Spread seconds;
  double rate = 0;
  double baseline_rate = 0;
  double ratio = 0;
  std::uint64_t rss_kb = 0;
  std::uint64_t idle_rss_kb = 0;
  std::optional<Percentiles> latency_us;
};

// Runs the workload `repetitions` times after a warm-up, each time next to its baseline. In a
// process of its own, or its peak of memory is that of others; with a fleet (fleet.h), in all of
// them, and what is returned by the first one counts. `workers`: of each process.
base::Result<Measurement> measure(const Workload& workload, std::uint32_t workers,
                                  std::uint64_t shrink, int repetitions);

Spread spread_of(std::vector<double> values);
Percentiles percentiles_of(std::vector<double> values);

// One JSON object, on one line.
std::string to_json(const Measurement& measurement);
// A table row, and the head of the table.
std::string to_row(const Measurement& measurement);
std::string table_head();

}  // namespace eagre::bench
