// Runs another program to its end, without a shell.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::tool {

// Looks the program up in PATH and waits for its end; it reads nothing. What it writes is part of
// the message if it fails. Code::failed too if there is no such program, or a signal ended it.
base::Status run(const std::vector<std::string>& command);

}  // namespace eagre::tool
