// The benchmark program behind tools/bench.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "tools/src/bench/measure.h"
#include "tools/src/bench/workloads.h"

namespace {

using eagre::bench::Workload;

std::vector<Workload> all_workloads() {
  std::vector<Workload> all;
  for (auto group : {eagre::bench::stateless_workloads(), eagre::bench::keyed_workloads(),
                     eagre::bench::round_workloads(), eagre::bench::latency_workloads(),
                     eagre::bench::graph_workloads()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures eagre against hand-written loops on this machine.", "bench");
  std::vector<std::uint32_t> workers = {1, 2};
  std::vector<std::string> names;
  std::string out;
  bool quick = false;
  bool list = false;
  app.add_option("--workers", workers, "numbers of workers, as 1,2")->delimiter(',');
  app.add_option("--out", out, "append results to this file as JSON lines");
  app.add_flag("--quick", quick, "a hundredth of the size, once: checks results, not times");
  app.add_flag("--list", list, "print the names of the workloads and exit");
  app.add_option("WORKLOAD", names, "which; default: all");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return 2;
  }
  const std::vector<Workload> workloads = all_workloads();
  if (list) {
    for (const Workload& workload : workloads) {
      fmt::print("{}\n", workload.name);
    }
    return 0;
  }
  for (const std::string& name : names) {
    if (std::none_of(workloads.begin(), workloads.end(),
                     [&](const Workload& workload) { return workload.name == name; })) {
      fmt::print(stderr, "bench: no workload \"{}\"; --list prints them\n", name);
      return 2;
    }
  }
  std::ofstream file;
  if (!out.empty()) {
    file.open(out, std::ios::app);
    if (!file) {
      fmt::print(stderr, "bench: cannot write to {}\n", out);
      return 1;
    }
  }
  fmt::print("{}\n", eagre::bench::table_head());
  for (const Workload& workload : workloads) {
    if (!names.empty() && std::find(names.begin(), names.end(), workload.name) == names.end()) {
      continue;
    }
    for (const std::uint32_t count : workers) {
      const auto result = eagre::bench::measure(workload, count, quick ? 100 : 1, quick ? 0 : 5);
      if (!result.ok()) {
        fmt::print(stderr, "bench: {}\n", result.status().message());
        return 1;
      }
      fmt::print("{}\n", eagre::bench::to_row(result.value()));
      std::fflush(stdout);
      if (file.is_open()) {
        file << eagre::bench::to_json(result.value()) << std::endl;
      }
    }
  }
  return 0;
}
