#include "tools/src/eagre/command.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace eagre::tool {
namespace {

base::Status failed(std::string why) {
  return {base::Code::failed, std::move(why)};
}

// Its output goes to `output`; signals that this process holds back reach it all the same.
int spawn(const std::vector<std::string>& command, int output, pid_t& pid) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int error = posix_spawnp(&pid, argv.front(), &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

std::string read_all(int file) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t n = read(file, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return text;
    }
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

base::Status run(const std::vector<std::string>& command) {
  const std::string& program = command.front();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return failed(fmt::format("{} could not be run: {}", program, std::strerror(errno)));
  }
  pid_t pid = -1;
  const int error = spawn(command, ends[1], pid);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return failed(error == ENOENT
                      ? fmt::format("there is no program \"{0}\" in PATH: install it (on Debian "
                                    "\"apt-get install {0}\")",
                                    program)
                      : fmt::format("{} could not be run: {}", program, std::strerror(error)));
  }
  const std::string output = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    return failed(fmt::format("{} was ended by signal {} ({})", program, WTERMSIG(status),
                              sigdescr_np(WTERMSIG(status))));
  }
  if (WEXITSTATUS(status) != 0) {
    return failed(fmt::format("{} {} failed with exit code {}:\n{}", program,
                              command.size() > 1 ? command[1] : "", WEXITSTATUS(status), output));
  }
  return {};
}

}  // namespace eagre::tool
