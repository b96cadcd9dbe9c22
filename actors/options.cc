#include "actors/options.h"

#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <map>
#include <utility>

#include "actors/version.h"
#include "runtime/base/bytes.h"

namespace eagre::actors {
namespace {

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
};

CommandLine::CommandLine(std::string program, std::string description)
    : parser_(std::make_unique<Parser>()) {
  CLI::App& app = parser_->app;
  app.name(std::move(program));
  app.description(std::move(description));
  app.set_version_flag("--version", std::string("eagre ") + kVersion);
  app.set_help_flag("--help", "print this and exit");
  const std::string group = "Every eagre program";
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
  const std::string group = "Every eagre program";
  app.add_flag("--progress", options.progress, "show rate and frontier while running, on stderr")
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
  options.workers = static_cast<std::uint32_t>(parser_->workers);
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
