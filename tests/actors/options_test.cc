// The command line.
// Tables of command lines with the options or the exit code they give, and what --plan and
// --progress print, the latter on a terminal too. Catches wrong codes and words on the wrong
// stream.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "actors/eagre.h"
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
           {"--out", ""},
           {"--out="},
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

TEST_CASE("options that make no sense are refused without a command line too") {
  const Define define = [](Scope& scope) { scope.to_stream<int>({1}).collect(); };
  Options options;
  options.workers = 257;
  CHECK(run(options, define).code() == base::Code::usage);
  options.workers = 1;
  options.inbox_bytes = 0;
  CHECK(run(options, define).code() == base::Code::usage);
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

// A terminal whose other side is stderr; negative if there is none to be had.
int terminal_on_stderr() {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    return -1;
  }
  const int side = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
  return side < 0 || ::dup2(side, STDERR_FILENO) < 0 ? -1 : terminal;
}

// What was written to it; waits up to `patience` milliseconds for the first byte.
std::string shown(int terminal, int patience) {
  std::string text;
  pollfd ready = {terminal, POLLIN, 0};
  while (::poll(&ready, 1, text.empty() ? patience : 0) > 0) {
    char buffer[4096];
    const ssize_t n = ::read(terminal, buffer, sizeof(buffer));
    if (n <= 0) {
      break;
    }
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

TEST_CASE("on a terminal --progress rewrites one line, and ends it") {
  const Outcome outcome = in_child([] {
    const int terminal = terminal_on_stderr();
    if (terminal < 0) {
      return 99;
    }
    std::string running;
    const std::vector<const char*> argv = {"prog", "--progress"};
    const int code = execute(2, argv.data(), [&](Scope& scope) {
      auto input = scope.new_input<int>("input");
      auto numbers = input.stream();
      numbers.write([](int n) { return std::to_string(n); });
      auto probe = numbers.probe();
      scope.drive([&, input, probe]() mutable {
        input.send(7);
        input.advance_to(3);
        probe.wait_until(3);
        running = shown(terminal, 30'000);
      });
    });
    std::fputs((running + "|" + shown(terminal, 0)).c_str(), stdout);
    return code;
  });
  CAPTURE(outcome.out);
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("7\n\r\x1b[K") == 0);
  const std::size_t end = outcome.out.find('|');
  REQUIRE(end != std::string::npos);
  const std::string running = outcome.out.substr(2, end - 2);
  CHECK(running.find("/s, epoch 3") != std::string::npos);
  // One step from the left, as records were handled.
  CHECK(running.find("\r\x1b[K[-#####--------------] ") == 0);
  CHECK(running.find('\n') == std::string::npos);
  const std::string last = outcome.out.substr(end + 1);
  CHECK(last.rfind("\r\x1b[K", 0) == 0);
  CHECK(last.find(" records handled by operators\r\n") != std::string::npos);
}

}  // namespace
}  // namespace eagre
