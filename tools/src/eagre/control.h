// Commands to a local cluster that `eagre cluster up` runs in another shell. `folder` is as given,
// or empty. Code::usage if no cluster runs there, or it has no such node.
#pragma once

#include <string>

#include "runtime/base/status.h"

namespace eagre::tool {

// Prints a line a node.
base::Status print_status(const std::string& folder);
// Asks all nodes to end and waits until they have; after ten seconds they are killed.
base::Status end_cluster(const std::string& folder);

enum class Act : unsigned char { kill, pause, resume };
// Returns when it has come to pass. Code::failed if the node has ended.
base::Status act_on(const std::string& folder, const std::string& node, Act act);

}  // namespace eagre::tool
