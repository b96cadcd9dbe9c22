// Which processes a local cluster is made of, in FOLDER/cluster.json, so that commands in other
// shells find them. The launcher writes it when all are started and removes it at its end; as long
// as it runs it holds a lock on the folder, so that a folder has one cluster.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "tools/src/eagre/descriptor.h"
#include "tools/src/eagre/process.h"

namespace eagre::tool {

// Threads: value.
struct Roster {
  struct Node {
    Process process;
    std::string address;
  };
  Process launcher;
  std::vector<Node> nodes;
};

// The one given, or the user's own: eagre-UID in $XDG_RUNTIME_DIR or /tmp. That must not be
// writable by others, who could name any process there: Code::refused.
base::Result<std::string> cluster_folder(const std::string& given);

// Makes the folder if need be. Code::usage if a cluster runs there.
base::Result<Descriptor> lock_folder(const std::string& folder);

// Whole or not at all.
base::Status write_roster(const std::string& folder, const Roster& roster);
void remove_roster(const std::string& folder);
// Code::usage if no cluster runs there: a file is missing, or left from one that is gone.
base::Result<Roster> read_roster(const std::string& folder);

}  // namespace eagre::tool
