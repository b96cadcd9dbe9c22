#include "tools/src/eagre/process.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace eagre::tool {
// <sys/pidfd.h> of glibc 2.36 cannot be used from C++: the system calls are made directly.
namespace {

struct Stat {
  char state = 'X';
  std::uint64_t start = 0;
};

// The fields of /proc/PID/stat follow the program's name, which may hold anything, in brackets.
std::optional<Stat> stat_of(pid_t pid) {
  constexpr int kFieldsBetween = 18;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(text.substr(name_end + 1));
  Stat stat;
  fields >> stat.state;
  std::string skipped;
  for (int i = 0; i < kFieldsBetween; ++i) {
    fields >> skipped;
  }
  fields >> stat.start;
  return fields ? std::optional(stat) : std::nullopt;
}

}  // namespace

std::optional<Process> process_of(pid_t pid) {
  const std::optional<Stat> stat = stat_of(pid);
  return stat ? std::optional(Process{pid, stat->start}) : std::nullopt;
}

State state_of(const Process& process) {
  const std::optional<Stat> stat = stat_of(process.pid);
  if (!stat || stat->start != process.start || stat->state == 'Z' || stat->state == 'X') {
    return State::gone;
  }
  return stat->state == 'T' || stat->state == 't' ? State::paused : State::running;
}

const char* to_string(State state) {
  switch (state) {
    case State::running:
      return "running";
    case State::paused:
      return "paused";
    case State::gone:
      break;
  }
  return "gone";
}

Descriptor hold(const Process& process) {
  if (process.pid <= 0) {
    return {};
  }
  Descriptor held(static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0)));
  // Asked after that, so that it is this one's state.
  return held.open() && state_of(process) != State::gone ? std::move(held) : Descriptor();
}

bool send_signal(const Descriptor& held, int signal) {
  return held.open() && syscall(SYS_pidfd_send_signal, held.get(), signal, nullptr, 0) == 0;
}

}  // namespace eagre::tool
