// The benchmark program behind tools/bench.
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tools/src/bench/fleet.h"
#include "tools/src/bench/machine.h"
#include "tools/src/bench/measure.h"
#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace {

using eagre::bench::Workload;

std::vector<Workload> all_workloads() {
  std::vector<Workload> all;
  for (auto group : {eagre::bench::stateless_workloads(), eagre::bench::keyed_workloads(),
                     eagre::bench::round_workloads(), eagre::bench::latency_workloads(),
                     eagre::bench::graph_workloads(), eagre::bench::window_workloads()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

// The exit code of `body`, called in a process of its own: with fresh memory, whose peak is its
// own.
int in_own_process(const std::function<int()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) {
    fmt::print(stderr, "bench: cannot start a process: {}\n", std::strerror(errno));
    return 1;
  }
  if (child == 0) {
    std::exit(body());
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    fmt::print(stderr, "bench: ended by signal {}\n", WTERMSIG(status));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// Prints a line, and appends a JSON object to the file `out` unless that is empty.
int show(const std::string& line, const std::string& json, const std::string& out) {
  fmt::print("{}\n", line);
  if (!out.empty()) {
    std::ofstream file(out, std::ios::app);
    file << json << std::endl;
    if (!file) {
      fmt::print(stderr, "bench: cannot write to {}\n", out);
      return 1;
    }
  }
  return 0;
}

int run_machine(bool quick, const std::string& out) {
  const auto machine = eagre::bench::measure_machine(quick);
  return show(eagre::bench::to_line(machine), eagre::bench::to_json(machine), out);
}

int run_one(const Workload& workload, std::uint32_t workers, std::uint32_t processes, bool quick,
            const std::string& out) {
  if (processes > 1) {
    eagre::bench::start_fleet(processes);
  }
  const auto result = eagre::bench::measure(workload, workers, quick ? 100 : 1, quick ? 0 : 5);
  if (!result.ok()) {
    fmt::print(stderr, "bench: {}\n", result.status().message());
    return 1;
  }
  if (eagre::bench::place().process != 0) {
    return 0;
  }
  if (!eagre::bench::end_fleet()) {
    fmt::print(stderr, "bench: {}: another process failed\n", workload.name);
    return 1;
  }
  return show(eagre::bench::to_row(result.value()), eagre::bench::to_json(result.value()), out);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures eagre against hand-written loops on this machine.", "bench");
  std::vector<std::uint32_t> workers = {1, 2};
  std::uint32_t processes = 1;
  std::vector<std::string> names;
  std::string out;
  std::string scheduler = "pinned";
  bool quick = false;
  bool list = false;
  app.add_option("--workers", workers, "numbers of workers, as 1,2")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--processes", processes, "on so many processes over loopback")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app.add_option("--out", out, "append results to this file as JSON lines");
  app.add_flag("--quick", quick, "a hundredth of the size, once: checks results, not times");
  app.add_option("--scheduler", scheduler, "pinned or caf")
      ->check(CLI::IsMember({"pinned", "caf"}))
      ->capture_default_str();
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
  eagre::bench::use_scheduler(scheduler == "caf" ? eagre::actors::Scheduler::caf
                                                 : eagre::actors::Scheduler::pinned);
  if (const int code = in_own_process([&] { return run_machine(quick, out); }); code != 0) {
    return code;
  }
  fmt::print("{}\n", eagre::bench::table_head());
  for (const Workload& workload : workloads) {
    if (!names.empty() && std::find(names.begin(), names.end(), workload.name) == names.end()) {
      continue;
    }
    if (processes > 1 && !workload.network_baseline) {
      if (!names.empty()) {
        fmt::print(stderr, "bench: {} runs in one process only: left out\n", workload.name);
      }
      continue;
    }
    for (const std::uint32_t count : workers) {
      const int code =
          in_own_process([&] { return run_one(workload, count, processes, quick, out); });
      if (code != 0) {
        return code;
      }
    }
  }
  return 0;
}
