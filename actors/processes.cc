#include "actors/processes.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>
#include <string_view>

#include "actors/options.h"
#include "runtime/base/crash_point.h"

namespace eagre::actors {
namespace {

// Of a process that was started: NODE NODES SOCKET GENERATION, whether it goes on from a checkpoint
// (0 or 1) and its GENERATION INTERVAL, whether it is known how many records are read again (0 or
// 1) and how many, SINCE.
constexpr const char* kVariable = "EAGRE_STARTED";
constexpr std::size_t kNumbers = 10;
// What all ports take, as text.
constexpr std::size_t kMaxLine = std::size_t{1} << 16;
// Of what is told of a failure: less than a socket keeps for who is not reading.
constexpr std::size_t kMaxFailure = std::size_t{1} << 12;
// Before it: ports that nobody has read may come first.
constexpr char kFailureMark = '!';
constexpr int kNotStarted = 127;
// How long processes may go on when one of them has failed: to end in order, or, where all are
// started again, at all.
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::seconds kPatienceBeforeRestart{2};
constexpr std::chrono::seconds kLong{3600};

struct Child {
  pid_t pid = -1;
  int socket = -1;
  // As waitpid() gives it, once it has ended.
  std::optional<int> status;
};

// Numbers separated by spaces; none if it is anything else.
template <class Number>
std::optional<std::vector<Number>> parse_numbers(std::string_view text) {
  std::vector<Number> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const auto [next, error] = std::from_chars(at, end, numbers.emplace_back());
    if (error != std::errc() || (next != end && *next != ' ')) {
      return std::nullopt;
    }
    at = next == end ? end : next + 1;
  }
  return numbers;
}

bool write_line(int socket, std::string line) {
  line += '\n';
  const char* at = line.data();
  std::size_t left = line.size();
  while (left != 0) {
    const ssize_t n = send(socket, at, left, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  return true;
}

// One line, without its end; none if the other end is gone before.
std::optional<std::string> read_line(int socket) {
  std::string line;
  char byte = 0;
  while (line.size() < kMaxLine) {
    const ssize_t n = recv(socket, &byte, 1, 0);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return std::nullopt;
    }
    if (byte == '\n') {
      return line;
    }
    line += byte;
  }
  return std::nullopt;
}

// In the new process: nothing but what is safe between fork and exec.
[[noreturn]] void become(const char* const* argv, const char* variable, int socket, pid_t parent,
                         const sigset_t& signals) {
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  // It must not outlive the process that started it, which may be gone already.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(kNotStarted);
  }
  fcntl(socket, F_SETFD, 0);
  putenv(const_cast<char*>(variable));
  execv("/proc/self/exe", const_cast<char* const*>(argv));
  _exit(kNotStarted);
}

std::optional<Child> start(std::uint32_t node, std::uint32_t nodes, const char* const* argv,
                           const Life& life, const sigset_t& signals) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return std::nullopt;
  }
  const control::CheckpointId restored = life.restored.value_or(control::CheckpointId());
  const std::string variable =
      fmt::format("{}={} {} {} {} {} {} {} {} {} {}", kVariable, node, nodes, ends[1],
                  life.generation, life.restored ? 1 : 0, restored.generation, restored.interval,
                  life.replayed ? 1 : 0, life.replayed.value_or(0), life.since);
  const pid_t self = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    become(argv, variable.c_str(), ends[1], self, signals);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return std::nullopt;
  }
  return Child{pid, ends[0], std::nullopt};
}

void signal_all(const std::vector<Child>& children, int signal) {
  for (const Child& child : children) {
    if (!child.status) {
      kill(child.pid, signal);
    }
  }
}

// Reads every port and tells all to all. If a process ended before, nobody is told: its exit code
// says more.
void introduce(const std::vector<Child>& children) {
  std::string ports;
  for (const Child& child : children) {
    const std::optional<std::string> port = read_line(child.socket);
    if (!port) {
      return;
    }
    ports += (ports.empty() ? "" : " ") + *port;
  }
  for (const Child& child : children) {
    write_line(child.socket, ports);
  }
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int exit_code_of(const std::vector<Child>& children) {
  const int first = *children.front().status;
  if (WIFEXITED(first) && WEXITSTATUS(first) != kOk) {
    return WEXITSTATUS(first);
  }
  for (const Child& child : children) {
    if (WIFEXITED(*child.status) && WEXITSTATUS(*child.status) != kOk) {
      return WEXITSTATUS(*child.status);
    }
  }
  for (const Child& child : children) {
    if (*child.status != 0) {
      return exit_code_of(*child.status);
    }
  }
  return kOk;
}

std::string by_signal(std::size_t node, int status) {
  return fmt::format("node {} was ended by signal {} ({})", node, WTERMSIG(status),
                     sigdescr_np(WTERMSIG(status)));
}

// All have ended. What the first one of them told of a failure, if any did; closes the sockets.
std::string told_failure(const std::vector<Child>& children) {
  std::string first;
  for (const Child& child : children) {
    std::string told(2 * kMaxFailure, '\0');
    const ssize_t n = recv(child.socket, told.data(), told.size(), MSG_DONTWAIT);
    close(child.socket);
    told.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    if (const std::size_t mark = told.find(kFailureMark);
        first.empty() && mark != std::string::npos) {
      first = told.substr(mark + 1);
    }
  }
  return first;
}

// All have ended. Which one was lost, if any was.
std::string loss_of(const std::vector<Child>& children) {
  std::string loss;
  for (std::size_t i = 0; i < children.size(); ++i) {
    const int status = *children[i].status;
    if (WIFSIGNALED(status)) {
      return by_signal(i, status);
    }
    if (WEXITSTATUS(status) == kLost) {
      loss = "a node was lost";
    }
  }
  return loss;
}

void reap(std::vector<Child>& children) {
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (children[i].pid == pid) {
        children[i].status = status;
        if (WIFSIGNALED(status)) {
          std::cerr << by_signal(i, status) + "\n";
        }
      }
    }
  }
}

bool any_failed(const std::vector<Child>& children) {
  return std::any_of(children.begin(), children.end(),
                     [](const Child& child) { return child.status.value_or(0) != 0; });
}

bool all_ended(const std::vector<Child>& children) {
  return std::all_of(children.begin(), children.end(),
                     [](const Child& child) { return child.status.has_value(); });
}

}  // namespace

std::int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::optional<Started> started_by_another() {
  const char* const text = std::getenv(kVariable);
  if (text == nullptr) {
    return std::nullopt;
  }
  const std::optional<std::vector<std::uint64_t>> numbers =
      parse_numbers<std::uint64_t>(std::string_view(text));
  unsetenv(kVariable);
  if (!numbers || numbers->size() != kNumbers) {
    return std::nullopt;
  }
  const std::vector<std::uint64_t>& of = *numbers;
  const int socket = static_cast<int>(of[2]);
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  Life life;
  life.generation = of[3];
  if (of[4] != 0) {
    life.restored = control::CheckpointId{of[5], of[6]};
  }
  if (of[7] != 0) {
    life.replayed = of[8];
  }
  life.since = static_cast<std::int64_t>(of[9]);
  return Started{static_cast<std::uint32_t>(of[0]), static_cast<std::uint32_t>(of[1]), socket,
                 life};
}

base::Result<std::vector<std::uint16_t>> exchange_ports(const Started& started,
                                                        std::uint16_t port) {
  std::optional<std::vector<std::uint16_t>> ports;
  if (write_line(started.socket, std::to_string(port))) {
    if (const std::optional<std::string> line = read_line(started.socket)) {
      ports = parse_numbers<std::uint16_t>(*line);
    }
  }
  if (!ports || ports->size() != started.nodes) {
    return base::Status(base::Code::lost,
                        fmt::format("node {}: a process of this cluster ended before all had "
                                    "started",
                                    started.node));
  }
  return *ports;
}

void tell_failure(const Started& started, const std::string& why) {
  const std::string told = (kFailureMark + why).substr(0, kMaxFailure);
  static_cast<void>(send(started.socket, told.data(), told.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

Outcome run_processes(std::uint32_t processes, const char* const* argv, const Life& life) {
  sigset_t watched;
  sigset_t before;
  sigemptyset(&watched);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&watched, signal);
  }
  sigprocmask(SIG_BLOCK, &watched, &before);
  std::vector<Child> children;
  for (std::uint32_t node = 0; node < processes; ++node) {
    std::optional<Child> child = start(node, processes, argv, life, before);
    if (!child) {
      std::cerr << fmt::format("node {} of {} could not be started: {}\n", node, processes,
                               std::strerror(errno));
      signal_all(children, SIGKILL);
      sigprocmask(SIG_SETMASK, &before, nullptr);
      return {kFailed};
    }
    children.push_back(*child);
    EAGRE_CRASH_POINT("process started");
  }
  if (children.size() > 1) {
    introduce(children);
  }
  // Who still waits for ports hears that there are none.
  for (const Child& child : children) {
    shutdown(child.socket, SHUT_WR);
  }
  reap(children);
  Outcome ended;
  bool asked = false;
  while (!all_ended(children)) {
    // When one has failed the others notice, unless they are stopped, say: then they are killed.
    const bool failed = any_failed(children);
    if (failed && ended.noticed == 0) {
      ended.noticed = steady_now();
    }
    const auto allowed = life.generation == 0 ? kPatience : kPatienceBeforeRestart;
    const timespec patience{failed ? allowed.count() : kLong.count(), 0};
    const int signal = sigtimedwait(&watched, nullptr, &patience);
    if (signal < 0 && errno == EAGAIN && failed) {
      signal_all(children, SIGKILL);
    } else if (signal > 0 && signal != SIGCHLD) {
      asked = true;
      signal_all(children, signal);
    }
    reap(children);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  ended.exit_code = exit_code_of(children);
  const std::string failure = told_failure(children);
  const std::string loss = loss_of(children);
  ended.failed = !asked && !failure.empty();
  ended.lost = !asked && failure.empty() && !loss.empty();
  ended.error = failure.empty() ? loss : failure;
  if (ended.noticed == 0) {
    ended.noticed = steady_now();
  }
  return ended;
}

}  // namespace eagre::actors
