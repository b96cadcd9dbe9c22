// `eagre cluster up`: a local cluster of any eagre program, over loopback, in one shell.
//
// Laws: when it ends, however it ends, no node is left. The exit code is that of node 0, unless
// that is 0 or a signal ended it: then that of the node that failed first, if one did.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::tool {

// Threads: value.
struct Launch {
  std::uint32_t nodes = 3;
  // Where the roster is written; the user's own folder if empty.
  std::string folder;
  // The program and its arguments. It is told its place by --nodes and --node, and its share of the
  // cores by --workers unless that is among them.
  std::vector<std::string> command;
};

// Runs it until all nodes have ended, and returns the exit code. The first signal that asks it to
// end (SIGINT, SIGTERM, SIGHUP) asks the nodes to; the second one kills them. What goes on ten
// seconds after that, or after a node has failed, is killed.
// Threads: the calling thread must be the only one.
base::Result<int> run_cluster(const Launch& launch);

}  // namespace eagre::tool
