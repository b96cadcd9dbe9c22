// execute(): from a program's main() to a dataflow that runs on actors, and its exit code.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actors/options.h"
#include "runtime/api/scope.h"
#include "runtime/base/status.h"

namespace eagre {

using Define = std::function<void(api::Scope&)>;

// Runs the dataflow that `define` writes, with the standard options of the command line; see
// --help. Blocks until it has ended. Returns the exit code: 0 ok; 1 the dataflow failed; 2 the
// command line or the program's use of the library is wrong; 3 input is missing, unreadable or
// malformed; 4 another process was lost; 5 a checkpoint is there and cannot be used; 143 it
// was asked to end. A broken invariant aborts the process (134 in a shell).
// Threads: one execute() at a time in a process.
int execute(int argc, const char* const* argv, const Define& define);

// A program with options and arguments of its own:
//   eagre::Command command("pagerank", "Ranks the nodes of a graph.");
//   std::string edges;
//   command.line().argument("EDGES", edges, "file with lines \"u v\"");
//   return command.execute(argc, argv, [&](eagre::Scope& scope) { ... });
// Threads: confined to one thread.
class Command {
 public:
  Command(std::string program, std::string description);

  actors::CommandLine& line() { return line_; }
  int execute(int argc, const char* const* argv, const Define& define);

 private:
  std::string program_;
  actors::CommandLine line_;
};

// The same from options instead of a command line. `results` (may be null) gets what the dataflow
// writes, instead of stdout or options.out.
base::Status run(const actors::Options& options, const Define& define,
                 std::string* results = nullptr);

}  // namespace eagre
