// The command line and what becomes of results.
// Tables of command lines with the options or the exit code they give; targets of --out that can
// and cannot be written, with the folder's contents before and after. Catches wrong codes, words on
// the wrong stream, and files that are left half written or beside the result.
#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "actors/eagre.h"
#include "actors/results.h"
#include "tests/actors/child.h"

namespace eagre {
namespace {

using actors::CommandLine;
using actors::PlanFormat;
using testing::in_child;
using testing::Outcome;

std::optional<int> parse(CommandLine& line, const std::vector<std::string>& arguments,
                         Options& options) {
  std::vector<const char*> argv = {"prog"};
  for (const std::string& argument : arguments) {
    argv.push_back(argument.c_str());
  }
  return line.parse(static_cast<int>(argv.size()), argv.data(), options);
}

TEST_CASE("standard options are read") {
  struct Case {
    std::vector<std::string> arguments;
    bool (*right)(const Options&);
  };
  const std::vector<Case> cases = {
      {{}, [](const Options& o) { return o.workers == actors::default_workers(); }},
      {{}, [](const Options& o) { return o.out.empty() && !o.progress; }},
      {{}, [](const Options& o) { return o.plan == PlanFormat::none; }},
      {{"--workers", "1"}, [](const Options& o) { return o.workers == 1; }},
      {{"--workers=256"}, [](const Options& o) { return o.workers == 256; }},
      {{"--inbox-bytes", "64KiB"}, [](const Options& o) { return o.inbox_bytes == 65536; }},
      {{"--inbox-bytes", "1"}, [](const Options& o) { return o.inbox_bytes == 1; }},
      {{"--log-level", "debug"},
       [](const Options& o) { return o.log_level == base::LogLevel::debug; }},
      {{"--plan", "dot"}, [](const Options& o) { return o.plan == PlanFormat::dot; }},
      {{"--plan", "mermaid"}, [](const Options& o) { return o.plan == PlanFormat::mermaid; }},
      {{"--plan", "json"}, [](const Options& o) { return o.plan == PlanFormat::json; }},
      {{"--progress"}, [](const Options& o) { return o.progress; }},
      {{"--out", "x"}, [](const Options& o) { return o.out == "x"; }},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i, cases[i].arguments);
    CommandLine line("prog", "");
    Options options;
    CHECK(parse(line, cases[i].arguments, options) == std::nullopt);
    CHECK(cases[i].right(options));
  }
}

TEST_CASE("command lines that make no sense end with 2 and a word on stderr") {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--workers", "0"},
           {"--workers", "257"},
           {"--workers", "100000"},
           {"--workers", "-1"},
           {"--workers", "99999999999999999999999"},
           {"--workers", "two"},
           {"--workers", "2x"},
           {"--workers"},
           {"--no-such-flag"},
           {"surplus"},
           {"--plan", "png"},
           {"--log-level", "loud"},
           {"--inbox-bytes", "0"},
           {"--inbox-bytes", "many"},
           {"--inbox-bytes", "-1"},
           {"--out"},
       }) {
    CAPTURE(arguments);
    const Outcome outcome = in_child([&] {
      CommandLine line("prog", "");
      Options options;
      return parse(line, arguments, options).value_or(0);
    });
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("prog: ") == 0);
    CHECK(outcome.err.find("--help") != std::string::npos);
  }
}

TEST_CASE("the flags --help and --version go to stdout and end with 0") {
  for (const std::string flag : {"--help", "--version"}) {
    const Outcome outcome = in_child([&] {
      CommandLine line("prog", "Does things.");
      Options options;
      return parse(line, {flag}, options).value_or(99);
    });
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find(flag == "--help" ? "--inbox-bytes" : kVersion) != std::string::npos);
  }
}

TEST_CASE("a program's own options and arguments are read beside the standard ones") {
  CommandLine line("prog", "");
  std::uint64_t rounds = 3;
  double share = 0.5;
  std::string name = "x";
  bool fast = false;
  std::string file;
  std::vector<std::string> rest;
  line.option("--rounds", rounds, "");
  line.option("--share", share, "");
  line.option("--name", name, "");
  line.flag("--fast", fast, "");
  line.argument("FILE", file, "");
  line.arguments("MORE", rest, "");
  Options options;
  CHECK(parse(line, {"--rounds", "9", "a", "--fast", "--workers", "2", "b", "c"}, options) ==
        std::nullopt);
  CHECK(rounds == 9);
  CHECK(share == 0.5);
  CHECK(name == "x");
  CHECK(fast);
  CHECK(file == "a");
  CHECK(rest == std::vector<std::string>{"b", "c"});
  CHECK(options.workers == 2);
}

TEST_CASE("the option --plan prints the plan and runs nothing") {
  for (const std::string format : {"dot", "mermaid", "json"}) {
    const Outcome outcome = in_child([&] {
      const std::vector<const char*> argv = {"prog", "--plan", format.c_str()};
      return execute(3, argv.data(), [](Scope& scope) {
        scope.new_input<int>("the words").stream().write([](int) { return ""; });
        scope.drive([] { std::abort(); });
      });
    });
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("the words") != std::string::npos);
  }
}

TEST_CASE("the flag --progress shows on stderr how far a dataflow has come") {
  const Outcome outcome = in_child([] {
    const std::vector<const char*> argv = {"prog", "--progress"};
    return execute(2, argv.data(), [](Scope& scope) {
      scope.to_stream(std::vector<int>{1, 2, 3}).write([](int n) { return std::to_string(n); });
    });
  });
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "1\n2\n3\n");
  CHECK(outcome.err.find("3 records handled") != std::string::npos);
}

// ---- results

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
    REQUIRE(actors::check_results(out).ok());
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
    CHECK(actors::check_results(out).code() == base::Code::usage);
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

}  // namespace
}  // namespace eagre
