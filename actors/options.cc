#include "actors/options.h"

#include <fmt/core.h>
#include <sched.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <limits>
#include <map>
#include <span>
#include <tuple>
#include <utility>

#include "actors/version.h"
#include "runtime/base/bytes.h"
#include "runtime/base/duration.h"
#include "runtime/base/hash.h"

namespace eagre::actors {
namespace {

constexpr const char* kEveryProgram = "Every eagre program";
constexpr const char* kCluster = "Several processes";
constexpr const char* kRecovery = "Recovery";
constexpr const char* kEpochRecords = "--epoch-records";

// CLI11 would take -1 for the largest number, and what is too large for it, too.
CLI::Validator whole_number() {
  return CLI::Validator(
      [](const std::string& text) {
        std::uint64_t number = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, number);
        return error == std::errc() && stop == end
                   ? std::string()
                   : "\"" + text + "\" is no whole number from 0 to 2^64 - 1";
      },
      "");
}

}  // namespace

std::uint32_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) {
    return 1;
  }
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

std::uint32_t default_workers() {
  return std::min(usable_cores(), kMaxWorkers);
}

struct CommandLine::Parser {
  CLI::App app;
  std::uint64_t workers = default_workers();
  std::string inbox_bytes = "4MiB";
  std::string log_level = "warn";
  std::string plan;
  std::string scheduler = "pinned";
  std::uint64_t processes = 1;
  std::string nodes;
  std::uint64_t node = 0;
  std::string cluster_file;
  std::string cluster_id;
  std::string join_timeout = "30s";
  std::string heartbeat = "500ms";
  std::string heartbeat_timeout = "2s";
  control::Tls tls;
  CheckpointOptions checkpoints;
  std::string checkpoint_interval = "1s";
  std::string restart_window = "1m";
  std::string on_failure = "fail";
  std::string dead_letters;

  void add_checkpoint_options();
  base::Result<std::optional<CheckpointOptions>> checkpoint_options() const;
  void add_cluster_options();
  base::Result<ClusterOptions> cluster_options() const;
  base::Status secure(ClusterOptions& options) const;
  std::uint64_t arguments() const;
};

void CommandLine::Parser::add_cluster_options() {
  const std::string group = kCluster;
  app.add_option("--processes", processes, "run as so many processes on this machine")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{control::kMaxNodes}))
      ->default_str("1")
      ->group(group);
  app.add_option("--nodes", nodes, "HOST:PORT of every node of the cluster, separated by commas")
      ->group(group);
  app.add_option("--node", node, "which of the nodes this process is, from 0")
      ->check(whole_number())
      ->group(group);
  app.add_option("--cluster", cluster_file, "TOML file with the nodes, instead of --nodes")
      ->group(group);
  app.add_option("--cluster-id", cluster_id, "nodes of another one are not let in")->group(group);
  app.add_option("--join-timeout", join_timeout, "how long to wait for the other nodes")
      ->default_str("30s")
      ->group(group);
  app.add_option("--heartbeat", heartbeat, "every node sends something that often")
      ->default_str("500ms")
      ->group(group);
  app.add_option("--heartbeat-timeout", heartbeat_timeout,
                 "a node from which nothing comes for so long is lost")
      ->default_str("2s")
      ->group(group);
  app.add_option("--tls-certificate", tls.certificate, "this node's certificate, a PEM file")
      ->group(group);
  app.add_option("--tls-key", tls.key, "its key")->group(group);
  app.add_option("--tls-ca", tls.ca, "the authority that certifies all nodes")->group(group);
}

void CommandLine::Parser::add_checkpoint_options() {
  const std::string group = kRecovery;
  app.add_option(
         "--checkpoint-dir", checkpoints.folder,
         "take checkpoints there, and go on from the last one when a process is lost or the "
         "program is started again")
      ->group(group);
  app.add_option("--checkpoint-interval", checkpoint_interval, "take one that often")
      ->default_str("1s")
      ->group(group);
  app.add_option("--checkpoint-keep", checkpoints.keep, "keep so many")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000}))
      ->default_str("3")
      ->group(group);
  app.add_option("--restarts", checkpoints.restarts.most,
                 "give up after so many restarts within the window, or from the same checkpoint")
      ->check(whole_number())
      ->default_str("20")
      ->group(group);
  app.add_option("--restart-window", restart_window, "the time in which restarts are counted")
      ->default_str("1m")
      ->group(group);
  app.add_option("--on-failure", on_failure,
                 "when an operator throws: fail, restart from the last checkpoint, or dead-letter: "
                 "leave the record out, where the operator keeps nothing")
      ->check(CLI::IsMember({"fail", "restart", "dead-letter"}))
      ->default_str("fail")
      ->group(group);
  app.add_option("--dead-letters", dead_letters, "file for a line on each record that is left out")
      ->group(group);
}

base::Result<std::optional<CheckpointOptions>> CommandLine::Parser::checkpoint_options() const {
  const auto misuse = [](std::string why) {
    return base::Status(base::Code::usage, std::move(why));
  };
  if (app.get_option("--checkpoint-dir")->count() == 0) {
    for (const char* const name :
         {"--checkpoint-interval", "--checkpoint-keep", "--restarts", "--restart-window"}) {
      if (app.get_option(name)->count() != 0) {
        return misuse(fmt::format("{} says nothing without --checkpoint-dir", name));
      }
    }
    if (on_failure == "restart") {
      return misuse("--on-failure restart needs checkpoints to go on from: give --checkpoint-dir");
    }
    return std::optional<CheckpointOptions>();
  }
  if (checkpoints.folder.empty()) {
    return misuse("--checkpoint-dir: \"\" is no name of a folder");
  }
  if (!nodes.empty() || !cluster_file.empty()) {
    return misuse(
        "--checkpoint-dir is for the processes that --processes starts: nodes that are started one "
        "by one cannot be restarted yet");
  }
  if (scheduler == "caf") {
    return misuse("--checkpoint-dir needs the pinned scheduler: leave out --scheduler caf");
  }
  CheckpointOptions options = checkpoints;
  options.restart_failed = on_failure == "restart";
  for (const auto& [name, text, value] :
       {std::tuple("--checkpoint-interval", &checkpoint_interval, &options.interval),
        std::tuple("--restart-window", &restart_window, &options.restarts.window)}) {
    const base::Result<std::chrono::milliseconds> duration = base::parse_duration(*text);
    if (!duration.ok() || duration->count() == 0) {
      return misuse(fmt::format("{}: {}", name,
                                duration.ok() ? "0 is no time" : duration.status().message()));
    }
    *value = *duration;
  }
  return std::optional(options);
}

base::Result<ClusterOptions> CommandLine::Parser::cluster_options() const {
  const auto misuse = [](std::string why) {
    return base::Status(base::Code::usage, std::move(why));
  };
  ClusterOptions options;
  options.id = cluster_id;
  options.arguments = arguments();
  options.node = static_cast<std::uint32_t>(node);
  if (!cluster_file.empty()) {
    if (!nodes.empty()) {
      return misuse("--nodes and --cluster both name the nodes: give one of them");
    }
    base::Result<control::ClusterSpec> spec = control::read_cluster_file(cluster_file);
    if (!spec.ok()) {
      return spec.status();
    }
    options.nodes = std::move(spec->nodes);
    options.tls = std::move(spec->tls);
    options.join_timeout = spec->join_timeout.value_or(options.join_timeout);
    if (options.id.empty()) {
      options.id = std::move(spec->cluster_id);
    }
  } else if (!nodes.empty()) {
    base::Result<std::vector<control::Address>> addresses = control::parse_addresses(nodes);
    if (!addresses.ok()) {
      return misuse("--nodes: " + addresses.status().message());
    }
    options.nodes = std::move(addresses.value());
  }
  if (!options.nodes.empty() && processes != 1) {
    return misuse(
        "--processes starts a cluster on this machine, --nodes and --cluster name one: "
        "give one of them");
  }
  if (const auto* given = app.get_option("--node"); given->count() != 0 && options.nodes.empty()) {
    return misuse("--node says which of the --nodes this process is: give those too");
  }
  if (!options.nodes.empty() && node >= options.nodes.size()) {
    return misuse(
        fmt::format("--node {}: there are {} nodes, from 0 on", node, options.nodes.size()));
  }
  for (const auto& [name, text, value] :
       {std::tuple("--join-timeout", &join_timeout, &options.join_timeout),
        std::tuple("--heartbeat", &heartbeat, &options.heartbeat),
        std::tuple("--heartbeat-timeout", &heartbeat_timeout, &options.heartbeat_timeout)}) {
    if (app.get_option(name)->count() == 0) {
      continue;
    }
    const base::Result<std::chrono::milliseconds> duration = base::parse_duration(*text);
    if (!duration.ok() || duration.value().count() == 0) {
      return misuse(fmt::format(
          "{}: {}", name, duration.ok() ? "0 is no time to wait" : duration.status().message()));
    }
    *value = duration.value();
  }
  if (options.heartbeat >= options.heartbeat_timeout) {
    return misuse(fmt::format("--heartbeat {} must be shorter than --heartbeat-timeout {}",
                              base::to_string(options.heartbeat),
                              base::to_string(options.heartbeat_timeout)));
  }
  if (base::Status status = secure(options); !status.ok()) {
    return status;
  }
  return options;
}

// A fingerprint of what the program's own options and arguments were given, and of what else
// decides at which time a record is.
std::uint64_t CommandLine::Parser::arguments() const {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    const bool is_own = option->get_group() != kEveryProgram && option->get_group() != kCluster &&
                        option->get_group() != kRecovery;
    if (is_own || option->get_name() == kEpochRecords) {
      for (const std::string& value : option->results()) {
        text += option->get_name() + '\0' + value + '\0';
      }
    }
  }
  return base::hash_bytes(std::as_bytes(std::span(text)));
}

// Nodes that others can reach are closed to outsiders, or there are none.
base::Status CommandLine::Parser::secure(ClusterOptions& options) const {
  const auto misuse = [](std::string why) {
    return base::Status(base::Code::usage, std::move(why));
  };
  const bool any = !tls.certificate.empty() || !tls.key.empty() || !tls.ca.empty();
  if (any && (tls.certificate.empty() || tls.key.empty() || tls.ca.empty())) {
    return misuse(
        "--tls-certificate, --tls-key and --tls-ca go together: without one of them "
        "nobody would be kept out");
  }
  if (any) {
    options.tls = tls;
  }
  if (options.tls) {
    for (const std::string& path : {options.tls->certificate, options.tls->key, options.tls->ca}) {
      if (access(path.c_str(), R_OK) != 0) {
        return misuse(fmt::format("{}: {}; \"eagre certs FOLDER\" makes certificates", path,
                                  std::strerror(errno)));
      }
    }
    return {};
  }
  for (const control::Address& address : options.nodes) {
    if (!control::is_loopback(address)) {
      return misuse(fmt::format(
          "{} can be reached from other machines, and without TLS by anybody: make certificates "
          "with \"eagre certs FOLDER\" and give --tls-certificate, --tls-key and --tls-ca",
          to_string(address)));
    }
  }
  return {};
}

CommandLine::CommandLine(std::string program, std::string description)
    : parser_(std::make_unique<Parser>()) {
  CLI::App& app = parser_->app;
  app.name(std::move(program));
  app.description(std::move(description));
  app.set_version_flag("--version", std::string("eagre ") + kVersion);
  app.set_help_flag("--help", "print this and exit");
  const std::string group = kEveryProgram;
  app.add_option("--workers", parser_->workers, "instances of every operator")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{kMaxWorkers}))
      ->default_str("the usable cores, " + std::to_string(default_workers()))
      ->group(group);
  app.add_option("--inbox-bytes", parser_->inbox_bytes,
                 "memory an operator instance's inbox may take")
      ->default_str("4MiB")
      ->group(group);
  app.add_option("--log-level", parser_->log_level, "debug, info, warn, error or off; to stderr")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->default_str("warn")
      ->group(group);
  app.add_option("--scheduler", parser_->scheduler,
                 "pinned, or caf: without workers of our own, slower")
      ->check(CLI::IsMember({"pinned", "caf"}))
      ->default_str("pinned")
      ->group(group);
  app.add_option("--plan", parser_->plan, "print the dataflow as dot, mermaid or json, and exit")
      ->check(CLI::IsMember({"dot", "mermaid", "json"}))
      ->group(group);
  parser_->add_cluster_options();
  parser_->add_checkpoint_options();
}

CommandLine::~CommandLine() = default;

void CommandLine::option(const std::string& name, std::uint64_t& value,
                         const std::string& description) {
  parser_->app.add_option(name, value, description)->check(whole_number())->capture_default_str();
}

void CommandLine::option(const std::string& name, double& value, const std::string& description) {
  parser_->app.add_option(name, value, description)->capture_default_str();
}

void CommandLine::option(const std::string& name, std::string& value,
                         const std::string& description) {
  parser_->app.add_option(name, value, description)->capture_default_str();
}

void CommandLine::required(const std::string& name, std::uint64_t& value,
                           const std::string& description) {
  parser_->app.add_option(name, value, description)->check(whole_number())->required();
}

void CommandLine::flag(const std::string& name, bool& value, const std::string& description) {
  parser_->app.add_flag(name, value, description);
}

void CommandLine::argument(const std::string& name, std::string& value,
                           const std::string& description) {
  parser_->app.add_option(name, value, description)->required();
}

void CommandLine::arguments(const std::string& name, std::vector<std::string>& values,
                            const std::string& description) {
  parser_->app.add_option(name, values, description)->required();
}

std::optional<int> CommandLine::parse(int argc, const char* const* argv, Options& options) {
  CLI::App& app = parser_->app;
  const auto refuse = [&app](const std::string& why) {
    std::cerr << app.get_name() << ": " << why << "\nRun with --help for what it takes.\n";
    return kUsage;
  };
  const std::string group = kEveryProgram;
  app.add_flag("--progress", options.progress, "show rate and frontier while running, on stderr")
      ->group(group);
  app.add_option("--rate", options.rate, "input records a second for all sources together")
      ->check(whole_number())
      ->default_str("any number")
      ->group(group);
  app.add_option(
         kEpochRecords, options.epoch_records,
         "records of an epoch, in each file (each 64 MiB of a large one), where the program "
         "cuts its input into epochs")
      ->check(whole_number())
      ->check(CLI::Range(std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()))
      ->default_str("the program's choice")
      ->group(group);
  const CLI::Option* const out =
      app.add_option("--out", options.out, "write results to this file, whole or not at all")
          ->group(group);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success, std::cout, std::cerr);
  } catch (const CLI::ParseError& error) {
    return refuse(error.what());
  }
  if (out->count() != 0 && options.out.empty()) {
    return refuse("--out: \"\" is no name of a file");
  }
  base::Result<ClusterOptions> cluster = parser_->cluster_options();
  if (!cluster.ok()) {
    return refuse(cluster.status().message());
  }
  options.cluster = std::move(cluster.value());
  if ((parser_->on_failure == "dead-letter") == parser_->dead_letters.empty()) {
    return refuse("--on-failure dead-letter and --dead-letters FILE go together: give both");
  }
  options.dead_letters = parser_->dead_letters;
  if (!options.out.empty() && options.out == options.dead_letters) {
    return refuse("--out and --dead-letters name the same file");
  }
  base::Result<std::optional<CheckpointOptions>> checkpoints = parser_->checkpoint_options();
  if (!checkpoints.ok()) {
    return refuse(checkpoints.status().message());
  }
  options.checkpoints = std::move(checkpoints.value());
  options.processes = static_cast<std::uint32_t>(parser_->processes);
  options.workers = static_cast<std::uint32_t>(parser_->workers);
  if (options.processes > 1 && app.get_option("--workers")->count() == 0) {
    // They share the cores.
    options.workers = std::max(options.workers / options.processes, 1U);
  }
  const base::Result<base::ByteCount> inbox = base::ByteCount::parse(parser_->inbox_bytes);
  if (!inbox.ok() || inbox.value().value() == 0) {
    return refuse("--inbox-bytes: \"" + parser_->inbox_bytes +
                  "\" is no size above 0; write it like 4MiB or 65536");
  }
  options.inbox_bytes = inbox.value().value();
  options.log_level = base::parse_log_level(parser_->log_level).value();
  static const std::map<std::string, PlanFormat> kFormats = {{"", PlanFormat::none},
                                                             {"dot", PlanFormat::dot},
                                                             {"mermaid", PlanFormat::mermaid},
                                                             {"json", PlanFormat::json}};
  options.scheduler = parser_->scheduler == "caf" ? Scheduler::caf : Scheduler::pinned;
  options.plan = kFormats.at(parser_->plan);
  return std::nullopt;
}

}  // namespace eagre::actors
