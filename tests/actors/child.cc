#include "tests/actors/child.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace eagre::testing {
namespace {

std::string contents(int fd) {
  std::string text;
  char buffer[4096];
  ::lseek(fd, 0, SEEK_SET);
  for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return text;
}

}  // namespace

Outcome in_child(const std::function<int()>& body) {
  std::cout.flush();
  std::fflush(nullptr);
  const int out = ::memfd_create("out", 0);
  const int err = ::memfd_create("err", 0);
  REQUIRE(out >= 0);
  REQUIRE(err >= 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(120);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    for (const int signal :
         {SIGABRT, SIGSEGV, SIGTERM, SIGINT}) {  // not the test program's handlers
      std::signal(signal, SIG_DFL);
    }
    const int code = body();
    std::cout.flush();
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  Outcome outcome;
  outcome.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.out = contents(out);
  outcome.err = contents(err);
  return outcome;
}

}  // namespace eagre::testing
