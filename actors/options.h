// The standard options of every eagre program, and a program's own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/control/cluster_spec.h"
#include "runtime/control/restart_policy.h"

namespace eagre::actors {

enum class PlanFormat : unsigned char { none, dot, mermaid, json };

// How actors get their turns: on pinned workers, or by CAF's own scheduler.
enum class Scheduler : unsigned char { pinned, caf };

// This process as a node of a cluster.
// Threads: value.
struct ClusterOptions {
  // Where all nodes listen, by index; empty: no cluster.
  std::vector<control::Address> nodes;
  // This one.
  std::uint32_t node = 0;
  // Clusters that meet by mistake do not join.
  std::string id;
  // Of what the program itself was given: the same on all nodes.
  std::uint64_t arguments = 0;
  std::chrono::milliseconds join_timeout{30'000};
  // Every node sends something that often; one from which nothing comes for so long is lost.
  std::chrono::milliseconds heartbeat{500};
  std::chrono::milliseconds heartbeat_timeout{2000};
  std::optional<control::Tls> tls;
};

// Where checkpoints are kept, and what is done with them.
// Threads: value.
struct CheckpointOptions {
  std::string folder{};
  std::chrono::milliseconds interval{1000};
  // Checkpoints that stay in the folder.
  std::uint64_t keep = 3;
  control::RestartPolicy restarts;
  // Not only a dataflow that was lost is started again, but also one that failed.
  bool restart_failed = false;
};

// Threads: value.
struct Options {
  // At most 256; 0: as many as the cores that this process may use.
  std::uint32_t workers = 0;
  std::uint64_t inbox_bytes = std::uint64_t{4} << 20;
  base::LogLevel log_level = base::LogLevel::warn;
  PlanFormat plan = PlanFormat::none;
  bool progress = false;
  // Input records a second that all sources together may read; 0: any number.
  std::uint64_t rate = 0;
  // Records of a part of the input in each epoch; none: as the program says.
  std::optional<std::uint64_t> epoch_records;
  Scheduler scheduler = Scheduler::pinned;
  // More than one: this process starts so many others, of which each is a node.
  std::uint32_t processes = 1;
  ClusterOptions cluster;
  // None: no checkpoints are taken.
  std::optional<CheckpointOptions> checkpoints;
  // Results go there instead of stdout, whole or not at all.
  std::string out;
  // Records for which a stateless operator throws are left out, a line for each goes there, as
  // results do; empty: the dataflow fails.
  std::string dead_letters;
};

inline constexpr std::uint32_t kMaxWorkers = 256;

// Cores that this process may use.
std::uint32_t usable_cores();
// As many workers, within the bounds.
std::uint32_t default_workers();

// What every program exits with.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kBadInput = 3,
  kLost = 4,
  kBadCheckpoint = 5,
  kTerminated = 143,
};

// Reads command lines: the standard options and what the program adds.
// Threads: confined to one thread.
class CommandLine {
 public:
  CommandLine(std::string program, std::string description);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // `--name VALUE`, optional; the variable's value is the default.
  void option(const std::string& name, std::uint64_t& value, const std::string& description);
  void option(const std::string& name, double& value, const std::string& description);
  void option(const std::string& name, std::string& value, const std::string& description);
  void required(const std::string& name, std::uint64_t& value, const std::string& description);
  void flag(const std::string& name, bool& value, const std::string& description);
  // Positional: exactly one, or one and more.
  void argument(const std::string& name, std::string& value, const std::string& description);
  void arguments(const std::string& name, std::vector<std::string>& values,
                 const std::string& description);

  // Fills in all variables. An exit code if the program is to end now: after --help and
  // --version (on stdout), after a usage error (on stderr).
  std::optional<int> parse(int argc, const char* const* argv, Options& options);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace eagre::actors
