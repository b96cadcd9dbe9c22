// What other processes send to operators here, judged by the plan.
// Examples: what passes, and each way in which a message of another process makes no sense. Catches
// a message that would reach an operator which it breaks.
#include "runtime/api/arrivals.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/scope.h"
#include "runtime/api/stream.h"
#include "tests/data/batches.h"

namespace eagre::api {
namespace {

using Number = std::uint64_t;
using data::testing::batch_of;

// Edge 0: numbers, by a key, to the other workers.
Deployment deployment(std::uint32_t process) {
  const Program program = build([](Scope& scope) {
    scope.to_stream<Number>({1, 2, 3})
        .exchange([](const Number& n) { return n; })
        .map([](const Number& n) { return n + 1; })
        .write([](const Number& n) { return std::to_string(n); });
  });
  return *Deployment::make(program.plan, {.workers = 4, .processes = 2, .process = process});
}

struct Arrival {
  std::uint32_t from = 2;
  std::uint32_t to = 1;
  data::Batch batch = batch_of(std::vector<Number>{1}, {.generation = 1, .time = {0}});
};

// What worker `from` of process 1 sends to worker `to` of process 0.
std::string refusal(const Arrival& arrival) {
  return check_arrival(deployment(0), 1,
                       control::Deliver{arrival.from, arrival.to, arrival.batch, 100})
      .message();
}

std::string refusal(const control::Credit& credit) {
  return check_arrival(deployment(0), 1, credit).message();
}

TEST_CASE("what a process that works sends passes") {
  CHECK(refusal(Arrival{}).empty());
  CHECK(refusal(control::Credit{progress::Generation(1), 0, 3, 1, 100}).empty());
}

TEST_CASE("records for an edge or a worker that is not there are refused") {
  Arrival arrival;
  arrival.batch = arrival.batch.with_header({.generation = 1, .channel = 9, .time = {0}});
  CHECK(refusal(arrival) == "records for edge 9, from worker 2 to worker 1");
  for (const auto& [from, to] : {std::pair{0U, 1U}, {4U, 1U}, {2U, 2U}, {2U, ~0U}}) {
    CAPTURE(from, to);
    CHECK(refusal(Arrival{.from = from, .to = to}).starts_with("records for edge 0, from worker"));
  }
}

TEST_CASE("a time of another scope than the edge's end is refused") {
  for (const progress::Time& time : {progress::Time{}, progress::Time{0, 0}}) {
    const auto batch = batch_of(std::vector<Number>{1}, {.generation = 1, .time = time});
    CHECK(refusal(Arrival{.batch = batch}).ends_with("whose times have 1 coordinates"));
  }
}

TEST_CASE("records of another layout than the edge's are refused") {
  const auto batch = batch_of(std::vector<std::string>{"one"}, {.generation = 1, .time = {0}});
  CHECK(refusal(Arrival{.batch = batch}).starts_with("records of layout 0x"));
}

TEST_CASE("a batch without records is refused") {
  const auto batch = batch_of(std::vector<Number>{}, {.generation = 1, .time = {0}});
  CHECK(refusal(Arrival{.batch = batch}) == "a batch without records on edge 0");
}

TEST_CASE("credit for an edge or a worker that is not there is refused") {
  CHECK(refusal(control::Credit{progress::Generation(1), 9, 3, 1, 100}) ==
        "credit for edge 9, from worker 3 to worker 1");
  CHECK(refusal(control::Credit{progress::Generation(1), 0, 1, 1, 100}) ==
        "credit for edge 0, from worker 1 to worker 1");
  CHECK(refusal(control::Credit{progress::Generation(1), 0, 3, 3, 100}) ==
        "credit for edge 0, from worker 3 to worker 3");
}

}  // namespace
}  // namespace eagre::api
