// A process by its id and the time it was started, which together are never given twice: a number
// that was given to another process since then is noticed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "tools/src/eagre/descriptor.h"

namespace eagre::tool {

// Threads: value.
struct Process {
  pid_t pid = -1;
  // Clock ticks since the machine was started (/proc/PID/stat).
  std::uint64_t start = 0;

  friend bool operator==(const Process&, const Process&) = default;
};

enum class State : unsigned char { running, paused, gone };

// One that has ended and was not waited for yet counts too; none if there is no such process.
std::optional<Process> process_of(pid_t pid);
State state_of(const Process& process);
const char* to_string(State state);

// Stands for the process itself, whatever becomes of its number: readable once it has ended. Not
// open if it is gone.
Descriptor hold(const Process& process);
// False if it has ended.
bool send_signal(const Descriptor& held, int signal);

}  // namespace eagre::tool
