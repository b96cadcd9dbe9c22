// Where a program's results go: stdout, or a file that is written whole or not at all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::actors {

// Writes all parts, in order, to the file `out`, or to stdout if `out` is empty. A file is written
// without a name in its folder, synced, and then put in place; on failure nothing of it stays.
base::Status write_results(const std::vector<std::shared_ptr<std::string>>& parts,
                           const std::string& out);

// Whether `out`, which `option` says, could be written, as far as that can be known before the work
// is done: its folder exists and takes files, and nothing but a regular file is there already.
base::Status check_results(const std::string& option, const std::string& out);

}  // namespace eagre::actors
