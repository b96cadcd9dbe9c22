#include "tools/src/eagre/node_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace eagre::tool {
namespace {

constexpr int kNotStarted = 127;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

base::Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return base::Status(base::Code::failed, std::string("no pipe: ") + std::strerror(errno));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// In the new process. Why it could not become the program goes to `error`.
[[noreturn]] void become(char* const* argv, bool first, int output, int error, pid_t parent,
                         const sigset_t& signals) {
  // It must not outlive the launcher, which may be gone already.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(kNotStarted);
  }
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  if (!first || isatty(STDIN_FILENO) == 1) {
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
  }
  if (!first) {
    dup2(output, STDOUT_FILENO);
  }
  dup2(output, STDERR_FILENO);
  execvp(argv[0], argv);
  const int why = errno;
  static_cast<void>(!write(error, &why, sizeof(why)));
  _exit(kNotStarted);
}

}  // namespace

base::Result<NodeProcess> start_node(const std::vector<std::string>& command, bool first,
                                     const sigset_t& signals) {
  base::Result<Pipe> output = make_pipe();
  base::Result<Pipe> error = make_pipe();
  if (!output.ok() || !error.ok()) {
    return output.ok() ? error.status() : output.status();
  }
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  const pid_t self = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    become(argv.data(), first, output->write.get(), error->write.get(), self, signals);
  }
  if (pid < 0) {
    return base::Status(base::Code::failed, fmt::format("{} could not be started: {}", command[0],
                                                        std::strerror(errno)));
  }
  error->write.reset();
  int why = 0;
  if (read(error->read.get(), &why, sizeof(why)) == static_cast<ssize_t>(sizeof(why))) {
    waitpid(pid, nullptr, 0);
    return base::Status(base::Code::usage,
                        fmt::format("{} could not be started: {}", command[0], std::strerror(why)));
  }
  fcntl(output->read.get(), F_SETFL, O_NONBLOCK);
  return NodeProcess{pid, std::move(output->read)};
}

}  // namespace eagre::tool
