// `eagre checkpoint`: looks into the folder of --checkpoint-dir.
#pragma once

#include <string>

#include "runtime/base/status.h"

namespace eagre::tool {

// One line for each checkpoint that counts, the oldest first, on stdout.
base::Status list_checkpoints(const std::string& folder);
// What a checkpoint holds: `name` is GENERATION-NUMBER, as list_checkpoints() prints it; empty: the
// newest.
base::Status show_checkpoint(const std::string& folder, const std::string& name);
// Reads every file of every checkpoint. Code::checkpoint if one of them is damaged.
base::Status verify_checkpoints(const std::string& folder);

}  // namespace eagre::tool
