// Crash points kill one process, once, at the hit that was asked for, and nobody whom they were not
// armed for.
#include "runtime/base/crash_point.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/folder.h"

namespace eagre::base {
namespace {

// How a process ends that comes to "here" three times, with `armed` in its environment: 0, or the
// signal that killed it.
int ending(const std::string& armed) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("EAGRE_CRASH", armed.c_str(), 1);
    for (int i = 0; i < 3; ++i) {
      crash_point("elsewhere");
      crash_point("here");
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

TEST_CASE("an armed crash point kills the process that comes there, once") {
  const testing::Folder folder;
  const std::string file = folder.path() + "/armed";
  const auto arm = [&] { std::ofstream(file).put('x'); };
  arm();
  REQUIRE(ending(file + ":3:here") == SIGKILL);
  REQUIRE_FALSE(std::filesystem::exists(file));
  REQUIRE(ending(file + ":1:here") == 0);
  arm();
  for (const char* const other : {":4:here", ":1:nowhere", ":0:here", "here", ":here", ""}) {
    CAPTURE(other);
    REQUIRE(ending(file + other) == 0);
  }
  REQUIRE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace eagre::base
