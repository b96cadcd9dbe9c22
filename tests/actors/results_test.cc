// What becomes of a program's results: targets of --out that can and cannot be written, with the
// folder's contents before and after; ends at the worst moments. Catches files that are left half
// written or beside the result, and results of dataflows that failed.
#include "actors/results.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/eagre.h"
#include "tests/actors/child.h"

// A signal at the moment at which a file has two names: this one stands before the C library's.
static int signal_at_rename = 0;
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" int rename(const char* from, const char* to) noexcept {
  if (signal_at_rename != 0) {
    std::raise(signal_at_rename);
  }
  return static_cast<int>(::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
}

namespace eagre {
namespace {

using testing::in_child;
using testing::Outcome;

// A folder of its own, gone afterwards.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "eagre.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return (path / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
  }
  std::filesystem::path path;
};

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::shared_ptr<std::string>> parts(const std::string& a, const std::string& b) {
  return {std::make_shared<std::string>(a), std::make_shared<std::string>(b)};
}

TEST_CASE("results replace a file as a whole and leave nothing beside it") {
  const Folder folder;
  const std::string out = folder.file("out");
  for (const std::string text : {"first\n", "second\n"}) {
    REQUIRE(actors::check_results("--out", out).ok());
    REQUIRE(actors::write_results(parts(text, "end\n"), out).to_string() == "ok");
    CHECK(contents(out) == text + "end\n");
    CHECK(folder.files() == 1);
  }
  struct stat found {};
  REQUIRE(::stat(out.c_str(), &found) == 0);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  CHECK((found.st_mode & 0777) == (0666 & ~mask));
}

TEST_CASE("results go where a link points") {
  const Folder folder;
  std::ofstream(folder.file("real")) << "old";
  std::filesystem::create_symlink("real", folder.path / "link");
  REQUIRE(actors::write_results(parts("new", ""), folder.file("link")).ok());
  CHECK(std::filesystem::is_symlink(folder.path / "link"));
  CHECK(contents(folder.file("real")) == "new");
}

TEST_CASE("targets that cannot be written are refused before the work is done") {
  const Folder folder;
  for (const std::string& out :
       {folder.file("no/such/folder"), folder.path.string(), folder.file("x/"),
        std::string("/dev/null"), std::string("/dev/full")}) {
    CAPTURE(out);
    CHECK(actors::check_results("--out", out).code() == base::Code::usage);
    Options options;
    options.workers = 1;
    options.out = out;
    const Status status = run(options, [](Scope& scope) { scope.drive([] { std::abort(); }); });
    CHECK(status.code() == base::Code::usage);
    CHECK(status.message().find(out) != std::string::npos);
  }
  CHECK(folder.files() == 0);
}

TEST_CASE("results that do not fit leave the old file and nothing else") {
  const Folder folder;
  const std::string out = folder.file("out");
  std::ofstream(out) << "old";
  const Outcome outcome = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit little = {4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &little);
    const Status status = actors::write_results(parts(std::string(10000, 'x'), ""), out);
    return status.code() == base::Code::failed ? 0 : 1;
  });
  CHECK(outcome.code == 0);
  CHECK(contents(out) == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("a stdout that takes nothing fails the program") {
  for (const char* target : {"/dev/full", ""}) {
    const Outcome outcome = in_child([target] {
      std::fclose(stdout);
      if (*target != '\0' && std::fopen(target, "w") == nullptr) {
        return 99;
      }
      const char* argv[] = {"prog"};
      return execute(1, argv, [](Scope& scope) {
        scope.to_stream(std::vector<int>{1}).write([](int n) { return std::to_string(n); });
      });
    });
    CHECK(outcome.code == 1);
    CHECK(outcome.err.find("prog: cannot write the results to stdout: ") == 0);
  }
}

TEST_CASE("a dataflow that fails writes no results") {
  const Folder folder;
  const std::string out = folder.file("out");
  const Define define = [](Scope& scope) {
    auto input = scope.new_input<int>("input");
    auto numbers = input.stream().map([](int n) {
      if (n == 3) {
        throw std::runtime_error("three");
      }
      return n;
    });
    numbers.write([](int n) { return std::to_string(n); });
    auto probe = numbers.probe();
    scope.drive([=]() mutable {
      for (int n = 0; n < 5; ++n) {
        input.send(n);
        input.advance_to(static_cast<std::uint64_t>(n) + 1);
        probe.wait_until(static_cast<std::uint64_t>(n) + 1);
      }
    });
  };
  Options options;
  options.workers = 2;
  options.out = out;
  CHECK(run(options, define).code() == base::Code::failed);
  CHECK(folder.files() == 0);
  const Outcome outcome = in_child([&] {
    const char* argv[] = {"prog"};
    return execute(1, argv, define);
  });
  CHECK(outcome.code == 1);
  CHECK(outcome.out.empty());
}

TEST_CASE("Ctrl-C while a dataflow runs leaves the old file and nothing else") {
  const Folder folder;
  const std::string out = folder.file("out");
  std::ofstream(out) << "old";
  const Outcome outcome = in_child([&] {
    const char* argv[] = {"prog", "--workers", "2", "--out", out.c_str()};
    return execute(5, argv, [](Scope& scope) {
      auto input = scope.new_input<int>("input");
      auto numbers = input.stream();
      numbers.write([](int n) { return std::to_string(n); });
      auto probe = numbers.probe();
      scope.drive([=]() mutable {
        input.send(1);
        input.advance_to(1);
        probe.wait_until(1);
        ::kill(::getpid(), SIGINT);
        probe.wait_until(2);
      });
    });
  });
  CHECK(outcome.code == 128 + SIGINT);
  CHECK(contents(out) == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE(
    "Ctrl-C while the results get their name ends the program after it, and leaves no other") {
  const Folder folder;
  const std::string out = folder.file("out");
  std::ofstream(out) << "old";
  const Outcome outcome = in_child([&] {
    signal_at_rename = SIGINT;
    return actors::write_results(parts("new", ""), out).ok() ? 0 : 1;
  });
  CHECK(outcome.code == 128 + SIGINT);
  CHECK(contents(out) == "new");
  CHECK(folder.files() == 1);
}

// The program "prog", which writes numbers from 0 on, a megabyte of them, to `out`.
int write_numbers(const std::string& out) {
  const char* argv[] = {"prog", "--workers", "2", "--out", out.c_str()};
  return execute(5, argv, [](Scope& scope) {
    std::vector<int> numbers(200'000);
    std::iota(numbers.begin(), numbers.end(), 0);
    scope.to_stream(numbers).write([](int n) { return std::to_string(n); });
  });
}

TEST_CASE("a program killed while it writes its results leaves the old file whole") {
  const Folder folder;
  const std::string out = folder.file("out");
  std::ofstream(out) << "old";
  // In the middle of the writing, where the file may grow no more.
  const Outcome writing = in_child([&] {
    std::signal(SIGXFSZ, [](int) { ::kill(::getpid(), SIGKILL); });
    const rlimit limit = {100'000, 100'000};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    return write_numbers(out);
  });
  CHECK(writing.code == 128 + SIGKILL);
  CHECK(contents(out) == "old");
  // When all is written, before it has its name.
  const Outcome renaming = in_child([&] {
    signal_at_rename = SIGKILL;
    return write_numbers(out);
  });
  CHECK(renaming.code == 128 + SIGKILL);
  CHECK(contents(out) == "old");
  REQUIRE(write_numbers(out) == 0);
  CHECK(contents(out).substr(0, 6) == "0\n1\n2\n");
}

}  // namespace
}  // namespace eagre
