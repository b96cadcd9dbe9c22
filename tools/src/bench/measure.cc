#include "tools/src/bench/measure.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/src/bench/fleet.h"

namespace eagre::bench {
Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front(), values.back()};
}

Percentiles percentiles_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  };
  return {at(0.5), at(0.99), at(0.999), values.back()};
}

base::Result<Measurement> measure(const Workload& workload, std::uint32_t workers,
                                  std::uint64_t shrink, int repetitions) {
  Measurement measurement;
  measurement.workload = workload.name;
  measurement.workers = workers;
  measurement.processes = place().processes;
  const std::uint32_t all_workers = workers * place().processes;
  const auto& baseline_of = place().processes > 1 ? workload.network_baseline : workload.baseline;
  std::vector<double> seconds;
  std::vector<double> baseline_rates;
  std::vector<double> latencies;
  for (int i = 0; i <= repetitions; ++i) {
    base::Result<Sample> sample = workload.run(all_workers, shrink);
    if (!sample.ok()) {
      return base::Status(sample.status().code(), fmt::format("{} at {} workers: {}", workload.name,
                                                              workers, sample.status().message()));
    }
    if (i == 0) {
      measurement.rss_kb = sample.value().rss_kb;
      measurement.idle_rss_kb = sample.value().idle_rss_kb;
    }
    if (place().process != 0) {
      continue;
    }
    const Sample baseline = baseline_of(all_workers, shrink);
    if (i == 0 && repetitions != 0) {
      continue;  // The warm-up.
    }
    measurement.records = sample.value().records;
    seconds.push_back(sample.value().seconds);
    baseline_rates.push_back(static_cast<double>(baseline.records) / baseline.seconds);
    latencies.insert(latencies.end(), sample.value().latencies.begin(),
                     sample.value().latencies.end());
  }
  if (place().process != 0) {
    return measurement;
  }
  measurement.seconds = spread_of(seconds);
  measurement.rate = static_cast<double>(measurement.records) / measurement.seconds.median;
  measurement.baseline_rate = spread_of(baseline_rates).median;
  measurement.ratio = workload.ratio == Ratio::rate ? measurement.rate / measurement.baseline_rate
                                                    : measurement.baseline_rate / measurement.rate;
  if (!latencies.empty()) {
    measurement.latency_us = percentiles_of(std::move(latencies));
  }
  return measurement;
}

std::string to_json(const Measurement& m) {
  nlohmann::ordered_json json = {
      {"workload", m.workload},
      {"workers", m.workers},
      {"processes", m.processes},
      {"records", m.records},
      {"seconds", {{"median", m.seconds.median}, {"min", m.seconds.min}, {"max", m.seconds.max}}},
      {"rate", m.rate},
      {"baseline_rate", m.baseline_rate},
      {"ratio", m.ratio},
      {"rss_kb", m.rss_kb},
      {"idle_rss_kb", m.idle_rss_kb}};
  if (m.latency_us) {
    json["latency_us"] = {{"p50", m.latency_us->p50},
                          {"p99", m.latency_us->p99},
                          {"p999", m.latency_us->p999},
                          {"max", m.latency_us->max}};
  }
  return json.dump();
}

std::string table_head() {
  return fmt::format("{:<20} {:>7} {:>12} {:>9} {:>19} {:>12} {:>12} {:>8} {:>8} {:>6}  {}",
                     "workload", "workers", "records", "seconds", "min..max", "rate/s",
                     "baseline/s", "ratio", "peak MiB", "idle", "latency us p50/p99/p99.9/max");
}

std::string to_row(const Measurement& m) {
  std::string latency;
  if (m.latency_us) {
    latency = fmt::format("{:.1f}/{:.1f}/{:.1f}/{:.1f}", m.latency_us->p50, m.latency_us->p99,
                          m.latency_us->p999, m.latency_us->max);
  }
  const std::string workers = m.processes == 1 ? fmt::format("{}", m.workers)
                                               : fmt::format("{}x{}", m.processes, m.workers);
  return fmt::format(
      "{:<20} {:>7} {:>12} {:>9.4f} {:>9.4f}..{:<8.4f} {:>12.4g} {:>12.4g} {:>8.3f} {:>8} {:>6}  "
      "{}",
      m.workload, workers, m.records, m.seconds.median, m.seconds.min, m.seconds.max, m.rate,
      m.baseline_rate, m.ratio, m.rss_kb / 1024, m.idle_rss_kb / 1024, latency);
}

}  // namespace eagre::bench
