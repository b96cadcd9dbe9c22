// What is fused and what is not, and how fused operators fail.
// Examples: plans; failures and who they are named after.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/plan/print.h"
#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using testing::status_of;

std::string graph(const std::function<void(Scope&)>& define) {
  std::string text = plan::to_dot(api::build(define).plan);
  return text.substr(text.find("  n0"));
}

Number same(Number n) {
  return n;
}

bool is_even(Number n) {
  return n % 2 == 0;
}

TEST_CASE("a chain is one operator of the plan, and a boundary cuts it") {
  const std::string expected_one =
      "  n0 [label=\"numbers > map > filter > for_each\"];\n"
      "}\n";
  REQUIRE(
      graph([](Scope& scope) {
        scope.to_stream<Number>({1}, "numbers").map(same).filter(is_even).for_each([](Number) {});
      }) == expected_one);
  const std::string expected_two =
      "  n0 [label=\"numbers > map\"];\n"
      "  n1 [label=\"filter > for_each\"];\n"
      "  n0 -> n1 [label=\"pipeline\"];\n"
      "}\n";
  REQUIRE(graph([](Scope& scope) {
            scope.to_stream<Number>({1}, "numbers")
                .map(same)
                .boundary()
                .filter(is_even)
                .for_each([](Number) {});
          }) == expected_two);
}

TEST_CASE("pacts, scopes and state cut a chain, and every operator may head one") {
  const std::string expected =
      "  n0 [label=\"in > map\"];\n"
      "  n1 [label=\"map > filter\"];\n"
      "  n4 [label=\"sum > map\"];\n"
      "  n5 [label=\"map\"];\n"
      "  n6 [label=\"capture\"];\n"
      "  subgraph cluster_1 {\n"
      "    label=\"region\";\n"
      "    n2 [label=\"inspect > inspect\"];\n"
      "  }\n"
      "  subgraph cluster_2 {\n"
      "    label=\"loop\";\n"
      "    n7 [label=\"filter\"];\n"
      "    n8 [label=\"again > map\"];\n"
      "  }\n";
  const std::string text = graph([](Scope& scope) {
    const auto in = scope.new_input<Number>("in").stream().map(same);
    const auto exchanged = in.exchange(same).map(same).filter(is_even);
    const Scope region = scope.region("region");
    const auto inside = exchanged.enter(region).inspect([](Number) {}).inspect([](Number) {});
    static_cast<void>(inside.leave().boundary());
    exchanged.count().map(same).boundary().map(same).capture();
    const api::Loop loop = scope.loop("loop");
    const auto first = in.enter(loop).filter(is_even);
    const api::LoopVariable<Number> again(loop, "again");
    again.connect(first);
    again.stream().map(same);
  });
  // Operator 3 is the workers' own counting.
  CAPTURE(text);
  std::string without_count = text.substr(0, text.find("  n0 ->"));
  const std::string count = "  n3 [label=\"count\"];\n";
  REQUIRE(without_count.find(count) != std::string::npos);
  without_count.erase(without_count.find(count), count.size());
  REQUIRE(without_count == expected);
}

TEST_CASE("streams that part and readers side by side show in the plan") {
  const api::Program program = api::build([](Scope& scope) {
    const auto numbers = scope.to_stream<Number>({1}, "numbers");
    const auto [odd, even] = numbers.branch(is_even);
    odd.map(same).filter(is_even);
    even.exchange(same).for_each([](Number) {});
    numbers.for_each([](Number) {});
  });
  REQUIRE(program.plan.nodes.size() == 2);
  REQUIRE(
      plan::to_mermaid(program.plan).find("n0[\"numbers > (branch > map > filter, for_each)\"]") !=
      std::string::npos);
  REQUIRE(program.plan.edges.size() == 1);
  REQUIRE(program.plan.edges[0].tap == 2);
  const std::string json = plan::to_json(program.plan);
  CAPTURE(json);
  REQUIRE(json.find(R"("name": "branch",
          "output": 0,
          "from": 0,
          "first": 1,
          "taps": 2)") != std::string::npos);
  REQUIRE(json.find(R"("tap": 2)") != std::string::npos);
}

TEST_CASE("a very long chain is cut, and gives what it should") {
  const auto chain = [](Scope& scope) {
    auto stream = scope.to_stream<Number>({0, 1});
    for (int i = 0; i < 1000; ++i) {
      stream = stream.map([](Number n) { return n + 1; });
    }
    return stream.collect();
  };
  REQUIRE(run_once(chain, loop_options(1)) == std::vector<Number>{1000, 1001});
  const plan::Plan plan = api::build([&](Scope& scope) { chain(scope); }).plan;
  REQUIRE(plan.nodes.size() == 1 + 1000 / (api::Builder::kMaxDepth + 1) + 1);
}

std::string failure(const std::function<void(Scope&)>& define) {
  return status_of(define, loop_options(1)).to_string();
}

template <class T>
T too_much(const T& n) {
  if (n == T{7}) {
    throw std::runtime_error("7 is too much");
  }
  return n;
}

TEST_CASE("a failure names the stage that failed, its worker and its time") {
  const auto numbers = [](Scope& scope) {
    return testing::by_epoch<Number>(scope, {{1}, {2}, {7}, {3}});
  };
  const std::string expected =
      "failed: operator \"map\" on worker 0 failed at time (2): 7 is too much";
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope)
                .filter([](Number) { return true; })
                .map(too_much<Number>)
                .for_each([](Number) {});
          }) == expected);
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope).boundary().map(too_much<Number>).filter(is_even).collect();
          }) == expected);
  // A stage behind one that takes records one by one, and one behind a delay: the record's time is
  // told, not that of the operator's work.
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope)
                .map([](Number n) { return std::string(n, 'x'); })
                .map([](const std::string& text) { return too_much(text.size()); });
          }) == expected);
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope)
                .delay([](const progress::Time& time, Number) { return time.with(0, time[0] + 5); })
                .inspect([](Number n) { too_much(n); });
          }) == "failed: operator \"inspect\" on worker 0 failed at time (7): 7 is too much");
  // A source has no time at work, a stage behind it has.
  REQUIRE(failure([](Scope& scope) {
            scope.to_stream<Number>({7}).for_each([](Number n) { too_much(n); });
          }) == "failed: operator \"for_each\" on worker 0 failed at time (0): 7 is too much");
  REQUIRE(failure([&](Scope& scope) { numbers(scope).partition(2, same); }) ==
          "failed: operator \"partition\" on worker 0 failed at time (1): there is no output "
          "2 of 2");
  REQUIRE(failure([](Scope& scope) {
            scope.to_stream<Number>({7}).map(same).for_each(
                [](Number) { throw dataflow::InputError("in.txt", 3, "bad", "x"); });
          }) == "input: in.txt:3: bad: x");
}

TEST_CASE("a stage's failure is not seen by the code before it, and stops the stages") {
  Number caught = 0;
  Number after = 0;
  const std::string expected =
      "failed: operator \"map\" on worker 0 failed at time (0): 7 is too much";
  REQUIRE(failure([&](Scope& scope) {
            scope.to_stream<std::string>({"x", "7", "8"})
                .flat_map<std::string>([&](const std::string& text, auto& give) {
                  try {
                    give(text);
                  } catch (...) {
                    ++caught;
                  }
                })
                .map([](const std::string& text) {
                  return text == "7" ? too_much(Number{7}) : Number{1};
                })
                .for_each([](Number) {});
          }) == expected);
  REQUIRE(failure([&](Scope& scope) {
            const auto words = scope.to_stream<std::string>({"7", "8", "9"});
            words.map([](const std::string& text) { return too_much(text == "7" ? 7 : 1); });
            words.for_each([&](const std::string&) { ++after; });
          }) == expected);
  REQUIRE(caught == 0);
  REQUIRE(after == 0);
}

}  // namespace
}  // namespace eagre
