// How dataflows end, as a shell sees it: whole programs in processes of their own, with exit code,
// stdout and stderr.
// Bad programs: operators and driving functions that throw, inputs and probes used against their
// contract, capabilities used after drop; each must end with the right code and the right words.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/eagre.h"
#include "runtime/api/plain_loop.h"
#include "tests/actors/child.h"

namespace eagre {
namespace {

using testing::in_child;
using testing::Outcome;

using Number = std::uint64_t;

// The program "prog" with these arguments.
Outcome program(const std::vector<std::string>& arguments, const Define& define) {
  return in_child([&] {
    std::vector<const char*> argv = {"/somewhere/prog"};
    for (const std::string& argument : arguments) {
      argv.push_back(argument.c_str());
    }
    return execute(static_cast<int>(argv.size()), argv.data(), define);
  });
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Stream<Number> numbers(Scope& scope) {
  return scope.to_stream(std::vector<Number>{1, 2, 3}, "numbers");
}
std::string show(Number n) {
  return std::to_string(n);
}

TEST_CASE("a program that does its work exits with 0 and prints its results alone") {
  const Outcome outcome =
      program({"--workers", "3"}, [](Scope& scope) { numbers(scope).write(show); });
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "1\n2\n3\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("an operator that throws ends the program with 1, naming operator, worker and time") {
  for (const std::string count : {"1", "2", "4"}) {
    const Outcome outcome = program({"--workers", count}, [](Scope& scope) {
      auto input = scope.new_input<Number>("input");
      input.stream()
          .gather()
          .map([](Number n) -> Number { throw std::runtime_error("cannot square " + show(n)); })
          .write(show);
      scope.drive([=]() mutable {
        input.advance_to(5);
        input.send(42);
      });
    });
    CHECK(outcome.code == 1);
    CHECK(outcome.out.empty());
    CHECK(outcome.err ==
          "prog: operator \"map\" on worker 0 failed at time (5): cannot square 42\n");
  }
}

TEST_CASE("an operator may throw anything") {
  const Outcome outcome = program({}, [](Scope& scope) {
    numbers(scope).map([](Number n) -> Number { throw n; }).write(show);
  });
  CHECK(outcome.code == 1);
  CHECK(contains(outcome.err, "operator \"map\""));
  CHECK(contains(outcome.err, "an exception that is no std::exception"));
}

TEST_CASE("malformed input ends the program with 3 and its place") {
  const Outcome outcome = program({"--workers", "2"}, [](Scope& scope) {
    numbers(scope)
        .map([](Number) -> Number { throw InputError("in.txt", 7, "not a number", "x\ty\x01"); })
        .write(show);
  });
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "in.txt:7: not a number: x\ty\\x01\n"));
  CHECK(outcome.out.empty());
}

TEST_CASE("a missing input file ends the program with 3") {
  const Outcome outcome = program({}, [](Scope& scope) {
    read_lines<std::string>(scope, "lines", {"/nowhere/in.txt"},
                            [](std::string_view line, auto& give) { give(std::string(line)); })
        .write([](const std::string& line) { return line; });
  });
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "/nowhere/in.txt: "));
}

TEST_CASE("an input file that may not be read ends the program with 3") {
  std::string path = (std::filesystem::temp_directory_path() / "eagre_secret_XXXXXX").string();
  const int file = ::mkstemp(path.data());
  REQUIRE(file >= 0);
  ::close(file);
  std::filesystem::permissions(path, std::filesystem::perms::none);
  const Outcome outcome = in_child([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) {  // root may read everything
      return 99;
    }
    const char* argv[] = {"prog", "--workers", "2"};
    return execute(3, argv, [&](Scope& scope) {
      read_lines<std::string>(scope, "lines", {path}, [](std::string_view line, auto& give) {
        give(std::string(line));
      }).write([](const std::string& line) { return line; });
    });
  });
  std::filesystem::remove(path);
  CHECK(outcome.code == 3);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == "prog: " + path + ": cannot be read: Permission denied\n");
}

TEST_CASE("a cycle that does not advance time ends the program with 2 before it runs") {
  const Outcome outcome = program({"--workers", "2"}, [](Scope& scope) {
    const Loop loop = scope.loop("ring");
    const LoopVariable<Number> again(loop, "again");
    const auto inside = numbers(scope).enter(loop).concat(again.stream());
    // Out of the loop and in again: the round starts at 0 each time.
    again.connect(inside.leave().map([](Number n) { return n; }).enter(loop));
    scope.drive([] { std::abort(); });
  });
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CAPTURE(outcome.err);
  CHECK(contains(outcome.err, "prog: "));
  CHECK(contains(outcome.err, "map -> again -> concat -> map"));
}

TEST_CASE("an operator that misuses a handle ends the program with 2 and its name") {
  const Outcome outcome = program({"--workers", "2"}, [](Scope& scope) {
    numbers(scope)
        .map([](Number n) -> Number {
          if (n == 2) {
            throw MisuseError("a probe was used in an operator");
          }
          return n;
        })
        .write(show);
  });
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "operator \"map\" on worker "));
  CHECK(contains(outcome.err, "a probe was used in an operator\n"));
}

TEST_CASE("a definition that throws is named, whatever it throws") {
  const Outcome standard = program({}, [](Scope&) { throw std::runtime_error("no plan"); });
  CHECK(standard.code == 1);
  CHECK(standard.err == "prog: the dataflow could not be defined: no plan\n");
  const Outcome other = program({}, [](Scope&) { throw 7; });
  CHECK(other.code == 1);
  CHECK(contains(other.err, "no std::exception"));
}

TEST_CASE("a driving function that throws stops the dataflow and is the cause") {
  for (const bool standard : {true, false}) {
    const Outcome outcome = program({"--workers", "2"}, [standard](Scope& scope) {
      auto input = scope.new_input<Number>("input");
      input.stream().write(show);
      scope.drive([=]() mutable {
        input.send(1);
        if (standard) {
          throw std::runtime_error("lost the thread");
        }
        throw 7;
      });
    });
    CHECK(outcome.code == 1);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == (standard ? "prog: the driving program failed: lost the thread\n"
                                   : "prog: the driving program failed: an exception that is no "
                                     "std::exception\n"));
  }
}

TEST_CASE("an input that is advanced backwards ends the program") {
  const Outcome outcome = program({}, [](Scope& scope) {
    auto input = scope.new_input<Number>("clock");
    input.stream().write(show);
    scope.drive([=]() mutable {
      input.advance_to(5);
      input.advance_to(4);
    });
  });
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "input \"clock\" was advanced backwards, from epoch 5 to 4"));
}

TEST_CASE("an input that is used after close ends the program") {
  const Outcome outcome = program({}, [](Scope& scope) {
    auto input = scope.new_input<Number>("clock");
    input.stream().write(show);
    scope.drive([=]() mutable {
      input.close();
      input.send(1);
    });
  });
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "input \"clock\" was closed and then sent a record"));
}

TEST_CASE("a probe of another dataflow is refused") {
  const Outcome outcome = program({}, [](Scope& scope) {
    std::optional<Probe> foreign;
    const Status ended = run(Options(), [&](Scope& other) { foreign = numbers(other).probe(); });
    if (!ended.ok()) {
      throw std::runtime_error(ended.message());
    }
    numbers(scope).write(show);
    scope.drive([foreign] { foreign->wait_until(1); });
  });
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "a probe was used while its dataflow is not running"));
}

TEST_CASE("streams of two dataflows cannot be mixed") {
  const Outcome outcome = program({}, [](Scope& scope) {
    std::optional<Stream<Number>> foreign;
    api::build([&](Scope& other) { foreign = numbers(other); });
    numbers(scope).concat(*foreign).write(show);
  });
  CHECK(outcome.code == 2);
}

// Keeps a capability, gives it up, and uses it.
struct UsesAfterDrop : Unary<Number, Number> {
  void on_batch(const Input<Number>&, Output<Number>& output) override {
    Capability kept = output.retain();
    kept.drop();
    static_cast<void>(kept.delayed(Time{9}));
  }
};

TEST_CASE("a capability that is used after it was dropped aborts, naming the operator") {
  const Outcome outcome = program({}, [](Scope& scope) {
    numbers(scope).gather().apply<UsesAfterDrop>("careless").write(show);
  });
  CHECK(outcome.code == 134);
  CHECK(contains(outcome.err, "eagre: broken invariant: "));
  CHECK(contains(outcome.err, "careless"));
  CHECK(outcome.out.empty());
}

// Goes to the last round there is.
struct Leap : Unary<Number, Number> {
  void on_batch(const Input<Number>&, Output<Number>& output) override {
    Capability last = output.retain();
    last.downgrade({last.time()[0], std::numeric_limits<std::uint64_t>::max()});
    output.session(last).give(1);
  }
};

TEST_CASE("a time past the last one aborts, naming operator and time") {
  const Outcome outcome = program({}, [](Scope& scope) {
    numbers(scope)
        .iterate("loop", [](const auto&,
                            const auto& rounds) { return rounds.template apply<Leap>("leap"); })
        .write(show);
  });
  CHECK(outcome.code == 134);
  CAPTURE(outcome.err);
  CHECK(contains(outcome.err, "time (0, 18446744073709551615) overflows"));
  CHECK(outcome.out.empty());
}

}  // namespace
}  // namespace eagre
