// Wrong use of the API: each kind with its error (silent nonsense, a crash without a name).
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Loop;
using api::LoopVariable;
using api::Scope;
using api::Stream;
using testing::status_of;

using Number = std::uint64_t;

// What building the dataflow throws.
std::string refusal(const std::function<void(Scope&)>& define) {
  try {
    api::build(define);
  } catch (const dataflow::MisuseError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("streams of another dataflow, and of scopes that do not fit, are refused") {
  std::optional<Stream<Number>> foreign;
  api::build([&](Scope& scope) { foreign = scope.to_stream<Number>({1}); });
  const std::string another = "a stream of another dataflow was used";
  REQUIRE(refusal([&](Scope& scope) { scope.to_stream<Number>({1}).concat(*foreign); }) == another);
  REQUIRE(refusal([&](Scope& scope) { foreign->enter(scope.loop("loop")); }) == another);
  REQUIRE(refusal([&](Scope& scope) { scope.probe(*foreign); }) == another);
  REQUIRE(refusal([&](Scope& scope) {
            const Loop loop = scope.loop("loop");
            LoopVariable<Number>(loop, "variable").connect(*foreign);
          }) == another);
  REQUIRE(refusal([&](Scope& scope) {
            const auto same = [](Number n) { return n; };
            scope.to_stream<Number>({1}).key_by(same).join(
                foreign->key_by(same), [](Number n, Number, Number) { return n; });
          }) == another);
  REQUIRE(refusal([](Scope& scope) {
            const auto outside = scope.to_stream<Number>({1});
            outside.concat(outside.enter(scope.loop("ring")));
          }) ==
          "operator \"concat\" in scope \"dataflow\" was given a stream of scope \"ring\": use "
          "enter() and leave() to bring it there");
  REQUIRE(refusal([](Scope& scope) {
            const Loop outer = scope.loop("outer");
            scope.to_stream<Number>({1}).enter(outer.loop("inner"));
          }) ==
          "a stream of scope \"dataflow\" cannot enter scope \"inner\", which is not inside it");
  REQUIRE(refusal([](Scope& scope) { scope.to_stream<Number>({1}).leave(); }) ==
          "a stream of the dataflow's outermost scope cannot leave it");
  REQUIRE(refusal([](Scope& scope) { scope.loop("ring").new_input<Number>("numbers"); }) ==
          "input \"numbers\" is in the loop \"ring\": make it outside and use enter()");
}

TEST_CASE("a loop is connected once") {
  REQUIRE(refusal([](Scope& scope) {
            const Loop loop = scope.loop("loop");
            const LoopVariable<Number> variable(loop, "again");
            variable.connect(variable.stream());
            variable.connect(variable.stream());
          }) == "the loop \"again\" was connected twice");
  const base::Status never = status_of([](Scope& scope) {
    const Loop loop = scope.loop("loop");
    LoopVariable<Number>(loop, "open").stream().collect();
  });
  REQUIRE(never.code() == base::Code::usage);
  REQUIRE(never.message() ==
          "input 0 of operator \"open\" is not connected: close the loop with connect()");
}

TEST_CASE("a cycle that does not advance is refused and named") {
  // Out of the loop and in again: the round starts at 0 each time.
  const base::Status outside = status_of([](Scope& scope) {
    const Loop loop = scope.loop("loop");
    const LoopVariable<Number> variable(loop, "variable");
    const auto inside = scope.to_stream<Number>({1}).enter(loop).concat(variable.stream());
    variable.connect(inside.leave().map([](Number n) { return n; }).enter(loop));
  });
  REQUIRE(outside.code() == base::Code::usage);
  CAPTURE(outside.message());
  REQUIRE(outside.message().find("map -> variable -> concat -> map") != std::string::npos);
  REQUIRE(outside.message().find("map") != std::string::npos);

  // A cycle of edges, which only a maker of operators can build.
  const base::Status cycle = status_of([](Scope& scope) {
    const auto a = scope.to_stream<Number>({1}).boundary().map([](Number n) { return n; });
    const auto b = a.boundary().filter([](Number) { return true; });
    scope.builder()->program().plan.nodes[a.end().node].inputs.push_back(progress::Interest::never);
    scope.builder()->program().plan.nodes[a.end().node].internals.push_back(
        {1, 0, progress::PathSummary::identity(1)});
    scope.builder()->connect(b.end(), a.end().node, 1);
  });
  REQUIRE(cycle.code() == base::Code::usage);
  REQUIRE(cycle.message().find("map -> filter -> map") != std::string::npos);
}

// What comes of a driving function.
std::string driven(const std::function<void(api::InputHandle<Number>)>& drive) {
  return status_of([&](Scope& scope) {
           auto input = scope.new_input<Number>("numbers");
           input.stream().collect();
           scope.drive([input, drive] { drive(input); });
         })
      .message();
}

TEST_CASE("an input goes forward until it is closed") {
  const std::string start = "input \"numbers\" ";
  REQUIRE(driven([](auto input) {
            input.advance_to(4);
            input.advance_to(4);
            input.advance_to(3);
          }) == start + "was advanced backwards, from epoch 4 to 3");
  REQUIRE(driven([](auto input) {
            input.close();
            input.close();
            input.send(1);
          }) == start + "was closed and then sent a record");
  REQUIRE(driven([](auto input) {
            input.close();
            input.advance_to(1);
          }) == start + "was closed and then advanced");
  const base::Status status = status_of([](Scope& scope) {
    auto input = scope.new_unordered_input<Number>("holes");
    input.stream().collect();
    scope.drive([input]() mutable {
      input.hold(5);
      input.release(0);
      input.send(4, {1});
    });
  });
  REQUIRE(status.message() ==
          "input \"holes\" sent records at epoch 4 without a hold at "
          "or before it");
}

TEST_CASE("a dataflow is driven by one function") {
  REQUIRE_THROWS_AS(api::build([](Scope& scope) {
                      scope.drive([] {});
                      scope.drive([] {});
                    }),
                    dataflow::MisuseError);
}

TEST_CASE("a dataflow that runs takes no more operators, and says so") {
  const base::Status status = status_of([](Scope& scope) {
    const auto numbers = scope.to_stream<Number>({1, 2});
    scope.drive([=] {
      REQUIRE_FALSE(numbers.handles().all().empty());
      numbers.map([](Number n) { return n; });
    });
  });
  REQUIRE(status.message() ==
          "a dataflow was added to after it was built: define all of it before it runs");
}

TEST_CASE("a probe takes times of its own scope") {
  const base::Status status = status_of([](Scope& scope) {
    const Loop loop = scope.loop("loop");
    const auto probe = scope.to_stream<Number>({1}).enter(loop).probe();
    scope.drive([=] { probe.wait_until(1); });
  });
  REQUIRE(status.code() == base::Code::usage);
  REQUIRE(status.message() == "a probe of times with 2 coordinates was asked about (1)");
}

TEST_CASE("handles work only while their dataflow runs") {
  std::optional<api::Probe> probe;
  std::optional<api::InputHandle<Number>> input;
  const auto keep = [&](Scope& scope) {
    input = scope.new_input<Number>("numbers");
    probe = input->stream().probe();
  };
  const auto dead = api::build(keep);
  const std::string reason =
      " was used while its dataflow is not running: use it inside "
      "scope.drive()";
  // A probe of another dataflow.
  const base::Status status =
      status_of([&](Scope& scope) { scope.drive([&] { probe->wait_until(1); }); });
  REQUIRE(status.message() == "a probe" + reason);
  input->send(1);
  try {
    input->flush();
    FAIL("a closed input took a record");
  } catch (const dataflow::MisuseError& error) {
    REQUIRE(error.what() == "input \"numbers\"" + reason);
  }
}

TEST_CASE("a driving function that throws, or waits for what cannot come, fails the dataflow") {
  REQUIRE(driven([](auto) { throw std::runtime_error("no more coffee"); }) ==
          "the driving program failed: no more coffee");
  REQUIRE(driven([](auto) { throw 1; }) ==
          "the driving program failed: an exception that is no std::exception");
  const base::Status status = status_of([](Scope& scope) {
    auto input = scope.new_input<Number>("numbers");
    auto probe = input.stream().probe();
    scope.drive([=] { probe.wait_until(1); });
  });
  REQUIRE(status.message() == "the dataflow stands still: numbers.out0 at (0): 2 held");
}

TEST_CASE("an operator that fails names itself, and an error of the input its line") {
  const base::Status bad = status_of([](Scope& scope) {
    scope.to_stream<Number>({1, 2, 3})
        .map([](Number n) { return n == 2 ? throw std::runtime_error("two") : n; })
        .collect();
  });
  REQUIRE(bad.code() == base::Code::failed);
  REQUIRE(bad.message() == "operator \"map\" on worker 1 failed at time (0): two");
  const base::Status line = status_of([](Scope& scope) {
    scope.to_stream<Number>({1}).for_each(
        [](Number) { throw dataflow::InputError("data.txt", 7, "not a number", "x\x01y"); });
  });
  REQUIRE(line.code() == base::Code::input);
  REQUIRE(line.message() == "data.txt:7: not a number: x\\x01y");
  const base::Status output = status_of(
      [](Scope& scope) { scope.to_stream<Number>({5}).partition(2, [](Number n) { return n; }); });
  REQUIRE(output.message() ==
          "operator \"partition\" on worker 0 failed at time (0): there is no output 5 of 2");
}

TEST_CASE("a record too large to travel names who sent it, and its size") {
  const auto large = [] { return std::string(data::kMaxRecordBytes + 1, 'x'); };
  const base::Status made = status_of([&](Scope& scope) {
    scope.to_stream<Number>({1}).map([&](Number) { return large(); }).count().collect();
  });
  const std::string size = std::to_string(data::Codec<std::string>::encoded_size(large()));
  CAPTURE(made.message());
  REQUIRE(made.message().find("operator \"map\" on worker 0 failed at time (0): a record of " +
                              size + " bytes is above the limit") == 0);
  const base::Status sent = status_of([&](Scope& scope) {
    auto input = scope.new_input<std::string>("texts");
    input.stream().count().collect();
    scope.drive([&, input]() mutable { input.send(large()); });
  });
  CAPTURE(sent.message());
  REQUIRE(sent.message().find("input \"texts\" was sent a record of " + size) != std::string::npos);
}

}  // namespace
}  // namespace eagre
