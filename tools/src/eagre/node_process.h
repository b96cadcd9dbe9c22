// A node as a process of the launcher. It ends when the launcher does, however that ends, and is in
// a process group of its own: the keys of a terminal reach the launcher only.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "tools/src/eagre/descriptor.h"

namespace eagre::tool {

// Threads: value.
struct NodeProcess {
  pid_t pid = -1;
  // What it writes to stderr; not blocking. Node 0 has the launcher's own stdout, and its stdin if
  // that is no terminal; what others write to stdout comes here too.
  Descriptor output;
};

// `signals` is the mask that it gets. Code::usage if there is no such program.
// Threads: the calling thread must be the only one.
base::Result<NodeProcess> start_node(const std::vector<std::string>& command, bool first,
                                     const sigset_t& signals);

}  // namespace eagre::tool
