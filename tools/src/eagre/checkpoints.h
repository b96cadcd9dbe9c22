// `eagre checkpoint`: looks into, and tidies, the folder of --checkpoint-dir.
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

// What has changed from one to another, instance by instance.
base::Status compare_checkpoints(const std::string& folder, const std::string& from,
                                 const std::string& to);
// Removes one, or, with an empty name, all of them. Refused while a program uses the folder.
base::Status remove_checkpoints(const std::string& folder, const std::string& name);

}  // namespace eagre::tool
