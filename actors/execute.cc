#include "actors/execute.h"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "actors/messages.h"
#include "actors/node.h"
#include "actors/pinned_scheduler.h"
#include "actors/progress_display.h"
#include "actors/results.h"
#include "actors/run.h"
#include "actors/seam.h"
#include "runtime/api/program.h"
#include "runtime/plan/print.h"

namespace eagre {
namespace {

using actors::Options;

base::Result<api::Program> define_program(const Define& define) {
  try {
    return api::build([&](api::Scope& scope) { define(scope); });
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
  return {};
}

// Runs a program on actors until it has ended.
base::Status run_program(const Options& options, api::Program& program) {
  api::RunSettings settings;
  settings.workers = options.workers != 0 ? options.workers : actors::default_workers();
  settings.inbox_bytes = options.inbox_bytes;
  base::Result<api::Deployment> deployment = api::Deployment::make(program.plan, settings);
  if (!deployment.ok()) {
    return deployment.status();
  }
  const auto run = std::make_shared<actors::Run>(program, std::move(deployment.value()));
  caf::actor_system_config config;
  const std::uint32_t threads = std::min(settings.workers, actors::usable_cores());
  if (options.scheduler == actors::Scheduler::caf) {
    actors::use_caf_scheduler(config, threads);
  } else {
    actors::use_pinned_scheduler(config, threads);
  }
  caf::actor_system system(config);
  std::optional<actors::ProgressDisplay> display;
  if (options.progress) {
    display.emplace(run->counters, run->driver);
  }
  const auto node = system.spawn<actors::Node>();
  actors::post(node, actors::Begin{run});
  base::Status driven = api::drive(program, *run->driver);
  // Cancelled: the dataflow failed under its driver, and says itself why.
  if (driven.ok() || driven.code() == base::Code::cancelled) {
    actors::post(node, actors::Release{});
    driven = base::Status();
  } else {
    actors::post(node, actors::Cancel{});
  }
  base::Status ended = run->driver->wait();
  display.reset();
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

base::Status run_defined(const Options& options, api::Program program, std::string* results) {
  base::Status status = check_options(options);
  if (status.ok() && results == nullptr) {
    status = actors::check_results(options.out);
  }
  if (status.ok()) {
    try {
      status = run_program(options, program);
    } catch (const std::exception& error) {
      status = base::Status(base::Code::failed,
                            std::string("the dataflow could not be started: ") + error.what());
    }
  }
  if (!status.ok()) {
    return status;
  }
  if (results == nullptr) {
    return actors::write_results(program.results, options.out);
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
  base::Result<api::Program> program = define_program(define);
  base::Status status = program.ok() ? base::Status() : program.status();
  if (status.ok() && options.plan != actors::PlanFormat::none) {
    const base::Result<plan::Layout> layout = plan::lay_out(program.value().plan);
    if (layout.ok()) {
      return print_plan(program.value().plan, options.plan);
    }
    status = layout.status();
  }
  if (status.ok()) {
    status = run_defined(options, std::move(program.value()), nullptr);
  }
  if (!status.ok()) {
    std::cerr << program_ << ": " << status.message() << "\n";
  }
  return exit_code(status);
}

int execute(int argc, const char* const* argv, const Define& define) {
  const std::string path = argc > 0 ? argv[0] : "eagre";
  const std::string name = path.substr(path.rfind('/') + 1);
  return Command(name, "").execute(argc, argv, define);
}

base::Status run(const actors::Options& options, const Define& define, std::string* results) {
  base::Result<api::Program> program = define_program(define);
  if (!program.ok()) {
    return program.status();
  }
  return run_defined(options, std::move(program.value()), results);
}

}  // namespace eagre
