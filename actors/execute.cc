#include "actors/execute.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/cluster.h"
#include "actors/messages.h"
#include "actors/node.h"
#include "actors/pinned_scheduler.h"
#include "actors/processes.h"
#include "actors/progress_display.h"
#include "actors/recovery.h"
#include "actors/results.h"
#include "actors/resumed.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "actors/termination.h"
#include "actors/tls_session.h"
#include "runtime/api/program.h"
#include "runtime/base/crash_point.h"
#include "runtime/control/handshake.h"
#include "runtime/plan/fingerprint.h"
#include "runtime/plan/print.h"

namespace eagre {
namespace {

using actors::Options;

base::Result<api::Program> define_program(const Options& options, const Define& define) {
  try {
    return api::build([&](api::Scope& scope) { define(scope); }, options.epoch_records,
                      !options.dead_letters.empty());
  } catch (const dataflow::InputError& error) {
    return base::Status(base::Code::input, error.what());
  } catch (const dataflow::MisuseError& error) {
    return base::Status(base::Code::usage, error.what());
  } catch (const std::exception& error) {
    return base::Status(base::Code::failed,
                        std::string("the dataflow could not be defined: ") + error.what());
  } catch (...) {
    return base::Status(base::Code::failed,
                        "the dataflow could not be defined: an exception that is no "
                        "std::exception");
  }
}

base::Status check_options(const Options& options) {
  if (options.workers > actors::kMaxWorkers) {
    return {base::Code::usage, fmt::format("{} workers: at most {} are possible", options.workers,
                                           actors::kMaxWorkers)};
  }
  if (options.inbox_bytes == 0) {
    return {base::Code::usage, "an inbox of 0 bytes can take nothing"};
  }
  if (!options.cluster.nodes.empty() && options.scheduler == actors::Scheduler::caf) {
    return {base::Code::usage, "--scheduler caf is for one process: leave it out in a cluster"};
  }
  return options.cluster.tls ? actors::TlsContext::make(*options.cluster.tls).status()
                             : base::Status();
}

// What this node says of itself to the others of its cluster.
control::Hello hello_of(const Options& options, const std::string& name, const plan::Plan& plan,
                        const api::RunSettings& settings) {
  control::Hello hello;
  hello.cluster = options.cluster.id;
  hello.program = name;
  hello.plan = plan::fingerprint(plan);
  hello.options = options.cluster.arguments;
  hello.node = settings.process;
  hello.nodes = settings.processes;
  hello.workers = settings.workers / settings.processes;
  hello.inbox_bytes = settings.inbox_bytes;
  hello.generation = settings.generation;
  return hello;
}

// An idle worker looks for work before it sleeps, about as long as waking it up takes, if that
// takes time from nobody: not from a driving thread, nor from the other nodes on this machine.
std::chrono::microseconds spin_of(std::uint32_t threads, const actors::ClusterOptions& cluster) {
  const auto nodes_here = static_cast<std::uint32_t>(
      std::count_if(cluster.nodes.begin(), cluster.nodes.end(), control::is_loopback));
  const std::uint32_t busy = cluster.nodes.empty() ? threads : std::max(nodes_here, 1U) * threads;
  const std::uint32_t cores = actors::usable_cores();
  return std::chrono::microseconds(cores > 1 && busy <= cores ? 50 : 0);
}

// What every manifest of this dataflow says.
control::Manifest manifest_of(const Options& options, const std::string& name,
                              const plan::Plan& plan) {
  control::Manifest manifest;
  manifest.program = name;
  manifest.plan = plan::fingerprint(plan);
  manifest.options = options.cluster.arguments;
  manifest.processes = options.processes;
  manifest.workers = options.workers != 0 ? options.workers : actors::default_workers();
  return manifest;
}

// The network is the first worker's while this lives: less long than the actor system.
class NetworkUse {
 public:
  explicit NetworkUse(caf::actor_system& system) : workers_(actors::Workers::of(system)) {
    if (workers_ != nullptr) {
      workers_->enter_network();
    }
  }
  NetworkUse(const NetworkUse&) = delete;
  NetworkUse& operator=(const NetworkUse&) = delete;
  ~NetworkUse() {
    if (workers_ != nullptr) {
      workers_->leave_network();
    }
  }

 private:
  actors::Workers* workers_;
};

// How much of the work was done here.
void log_records(std::uint32_t node, const std::deque<actors::InstanceCounters>& counters) {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (const actors::InstanceCounters& instance : counters) {
    in += instance.records_in;
    out += instance.records_out;
  }
  base::log(base::LogLevel::info,
            fmt::format("node {}: {} records in, {} records out", node, in, out));
}

// Runs a program on actors until it has ended: all of it, or as one node of a cluster.
base::Status run_program(const Options& options, const std::string& name, api::Program& program,
                         std::optional<actors::Started> started) {
  const bool in_cluster = !options.cluster.nodes.empty();
  const std::uint32_t own_workers =
      options.workers != 0 ? options.workers : actors::default_workers();
  api::RunSettings settings;
  if (in_cluster) {
    settings.processes = static_cast<std::uint32_t>(options.cluster.nodes.size());
    settings.process = options.cluster.node;
  }
  settings.workers = own_workers * settings.processes;
  settings.inbox_bytes = options.inbox_bytes;
  settings.rate = options.rate;
  const control::Manifest own = manifest_of(options, name, program.plan);
  const actors::Life life = started ? started->life : actors::Life();
  actors::Resumed resumed;
  if (options.checkpoints && life.generation != 0) {
    base::Result<actors::Resumed> result =
        actors::resume(*options.checkpoints, life, own, settings.process);
    if (!result.ok()) {
      return result.status();
    }
    resumed = std::move(result.value());
    settings.generation = progress::Generation(life.generation);
    settings.checkpoints =
        resumed.checkpoint != nullptr
            ? api::CheckpointStart{resumed.checkpoint->interval + 1, resumed.checkpoint->epoch + 1}
            : api::CheckpointStart{.interval = 1};
  }
  base::Result<api::Deployment> deployment = api::Deployment::make(program.plan, settings);
  if (!deployment.ok()) {
    return deployment.status();
  }
  const auto run = std::make_shared<actors::Run>(program, std::move(deployment.value()));
  run->manifest = own;
  run->checkpoint_plan = resumed.plan;
  run->restored = resumed.checkpoint;
  caf::actor_system_config config;
  const std::uint32_t threads = std::min(own_workers, actors::usable_cores());
  if (options.scheduler == actors::Scheduler::caf) {
    actors::use_caf_scheduler(config, threads);
  } else {
    actors::use_pinned_scheduler(config, threads, spin_of(threads, options.cluster), in_cluster);
  }
  if (in_cluster) {
    actors::Cluster::configure(config, options.cluster);
  }
  std::optional<actors::TerminationHold> hold;
  if (in_cluster) {
    hold.emplace();
  }
  caf::actor_system system(config);
  const NetworkUse network(system);
  if (resumed.plan != nullptr) {
    run->checkpoints = std::make_shared<actors::CheckpointStore>(
        *resumed.plan, settings.process,
        std::size_t{run->deployment->nodes()} * run->deployment->own_workers());
  }
  std::optional<actors::Cluster> cluster;
  caf::actor node;
  std::optional<actors::Termination> termination;
  const base::Status by_signal(
      base::Code::terminated, fmt::format("node {} was asked to end by SIGTERM", settings.process));
  if (in_cluster) {
    cluster.emplace(system, options.cluster, hello_of(options, name, program.plan, settings),
                    started);
    termination.emplace();
    termination->on_first([&] { cluster->interrupt(by_signal); });
    if (base::Status joined = cluster->join(); !joined.ok()) {
      return joined;
    }
    EAGRE_CRASH_POINT("joined");
    run->gateway = cluster->gateway();
    run->gateways = cluster->gateways();
  }
  std::optional<actors::ProgressDisplay> display;
  // The leader knows how far all have come.
  if (options.progress && settings.process == 0) {
    display.emplace(run->counters, run->driver);
  }
  if (life.generation > 1 && settings.process == 0) {
    actors::tell_recovered(resumed, life);
  }
  node = system.spawn<actors::Node>();
  actors::post(node, actors::Begin{run});
  if (termination) {
    termination->on_first([&] { actors::post(node, actors::Cancel{by_signal}); });
  }
  base::Status driven = api::drive(program, *run->driver);
  // Cancelled: the dataflow failed under its driver, and says itself why.
  if (driven.ok() || driven.code() == base::Code::cancelled) {
    actors::post(node, actors::Release{});
    driven = base::Status();
  } else {
    actors::post(node,
                 actors::Cancel{base::Status(base::Code::cancelled, "the dataflow was stopped")});
  }
  base::Status ended = run->driver->wait();
  termination.reset();
  if (run->checkpoints != nullptr) {
    run->checkpoints->close();
  }
  display.reset();
  cluster.reset();
  if (in_cluster) {
    log_records(settings.process, *run->counters);
  }
  node = nullptr;
  system.await_all_actors_done();
  // A dataflow that was only stopped is the effect of what the driving program did wrong.
  return ended.code() == base::Code::cancelled && !driven.ok() ? driven : ended;
}

int exit_code(const base::Status& status) {
  switch (status.code()) {
    case base::Code::ok:
      return actors::kOk;
    case base::Code::usage:
      return actors::kUsage;
    case base::Code::input:
      return actors::kBadInput;
    case base::Code::lost:
      return actors::kLost;
    case base::Code::terminated:
      return actors::kTerminated;
    case base::Code::checkpoint:
      return actors::kBadCheckpoint;
    default:
      return actors::kFailed;
  }
}

int print_plan(const plan::Plan& plan, actors::PlanFormat format) {
  std::cout << (format == actors::PlanFormat::dot       ? plan::to_dot(plan)
                : format == actors::PlanFormat::mermaid ? plan::to_mermaid(plan)
                                                        : plan::to_json(plan))
            << std::flush;
  return std::cout ? actors::kOk : actors::kFailed;
}

base::Status write_dead_letters(const std::vector<std::shared_ptr<std::string>>& letters,
                                const std::string& path) {
  std::ptrdiff_t lines = 0;
  for (const std::shared_ptr<std::string>& part : letters) {
    lines += std::count(part->begin(), part->end(), '\n');
  }
  if (lines != 0) {
    base::log(base::LogLevel::warn, fmt::format("{} records were left out: see {}", lines, path));
  }
  return actors::write_results(letters, path);
}

base::Status run_defined(const Options& options, const std::string& name, api::Program program,
                         std::optional<actors::Started> started, std::string* results) {
  // The first node writes the results.
  const bool leads = options.cluster.node == 0;
  const bool writes = results == nullptr && leads;
  base::Status status = check_options(options);
  if (status.ok() && writes) {
    status = actors::check_results("--out", options.out);
  }
  if (status.ok() && leads) {
    status = actors::check_results("--dead-letters", options.dead_letters);
  }
  if (status.ok()) {
    try {
      status = run_program(options, name, program, started);
    } catch (const std::exception& error) {
      status = base::Status(base::Code::failed,
                            std::string("the dataflow could not be started: ") + error.what());
    }
  }
  if (!status.ok()) {
    if (started && status.code() == base::Code::failed) {
      actors::tell_failure(*started, status.message());
    }
    return status;
  }
  if (leads && !program.dead_letters.empty()) {
    status = write_dead_letters(program.dead_letters, options.dead_letters);
    if (!status.ok()) {
      return status;
    }
  }
  if (writes) {
    return actors::write_results(program.results, options.out);
  }
  if (results == nullptr) {
    return {};
  }
  for (const std::shared_ptr<std::string>& part : program.results) {
    *results += *part;
  }
  return {};
}

}  // namespace

Command::Command(std::string program, std::string description)
    : program_(program), line_(std::move(program), std::move(description)) {}

int Command::execute(int argc, const char* const* argv, const Define& define) {
  Options options;
  if (const std::optional<int> code = line_.parse(argc, argv, options)) {
    return *code;
  }
  base::set_log_level(options.log_level);
  base::Result<api::Program> program = define_program(options, define);
  base::Status status = program.ok() ? base::Status() : program.status();
  if (status.ok() && options.plan != actors::PlanFormat::none) {
    const base::Result<plan::Layout> layout = plan::lay_out(program.value().plan);
    status = layout.ok() ? api::note_recovery(program.value()) : layout.status();
    if (status.ok()) {
      return print_plan(program.value().plan, options.plan);
    }
  }
  const std::optional<actors::Started> started = actors::started_by_another();
  // What the program needs is there: the processes will say the same.
  if (status.ok() && !started && options.checkpoints) {
    return actors::run_recovering(program_, manifest_of(options, program_, program.value().plan),
                                  *options.checkpoints, argv);
  }
  if (status.ok() && !started && options.processes > 1) {
    return actors::run_processes(options.processes, argv).exit_code;
  }
  if (started && started->nodes > 1) {
    options.cluster.nodes.assign(started->nodes, {"127.0.0.1", 0});
    options.cluster.node = started->node;
  }
  if (status.ok()) {
    status = run_defined(options, program_, std::move(program.value()), started, nullptr);
  }
  // What ends a whole cluster that one command started is told once, by its first node, unless
  // that one is lost.
  const bool told = started && started->node != 0 && status.code() != base::Code::lost;
  if (!status.ok() && !told) {
    // In one piece: several processes may have something to say.
    std::cerr << fmt::format("{}: {}\n", program_, status.message());
  }
  return exit_code(status);
}

int execute(int argc, const char* const* argv, const Define& define) {
  const std::string path = argc > 0 ? argv[0] : "eagre";
  const std::string name = path.substr(path.rfind('/') + 1);
  return Command(name, "").execute(argc, argv, define);
}

base::Status run(const actors::Options& options, const Define& define, std::string* results) {
  base::Result<api::Program> program = define_program(options, define);
  if (!program.ok()) {
    return program.status();
  }
  return run_defined(options, "", std::move(program.value()), std::nullopt, results);
}

}  // namespace eagre
