// Running something in a process of its own: for what ends a process, and for what it prints.
#pragma once

#include <functional>
#include <string>

namespace eagre::testing {

struct Outcome {
  // As a shell shows it: 128 and the signal's number for a process that a signal ended.
  int code = 0;
  std::string out;
  std::string err;
};

// Calls `body` in a forked process and returns what it returned and printed. A process that takes
// longer than two minutes is killed.
Outcome in_child(const std::function<int()>& body);

}  // namespace eagre::testing
