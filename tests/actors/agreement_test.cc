// Whole dataflows on actors and in the plain loop: the same definition must write the same.
// Agreement: all of agreement_shapes.cc, 1, 2 and 4 workers, roomy and tiny inboxes, both
// schedulers, again and again; catches races, lost messages and lost frontiers. Identity: every
// operator instance is an actor of its own.
#include <caf/scheduled_actor.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/ask.h"
#include "actors/eagre.h"
#include "runtime/api/plain_loop.h"
#include "tests/actors/agreement_shapes.h"

namespace eagre {
namespace {

using Number = std::uint64_t;

std::string in_plain_loop(const Define& define) {
  api::Program program = api::build([&](Scope& scope) { define(scope); });
  const auto results = program.results;
  const Status status = api::PlainLoop(std::move(program), {}).run();
  REQUIRE(status.to_string() == "ok");
  std::string text;
  for (const auto& part : results) {
    text += *part;
  }
  return text;
}

std::string on_actors(const Define& define, const Options& options) {
  std::string text;
  const Status status = run(options, define, &text);
  REQUIRE(status.to_string() == "ok");
  return text;
}

void agree(int times) {
  for (const Shape& shape : shapes()) {
    const std::string expected = in_plain_loop(shape.define);
    for (const auto scheduler : {actors::Scheduler::pinned, actors::Scheduler::caf}) {
      for (const std::uint32_t workers : {1U, 2U, 4U}) {
        for (const std::uint64_t inbox_bytes : {std::uint64_t{1}, std::uint64_t{4} << 20}) {
          for (int i = 0; i < times; ++i) {
            CAPTURE(shape.name, static_cast<int>(scheduler), workers, inbox_bytes, i);
            Options options;
            options.scheduler = scheduler;
            options.workers = workers;
            options.inbox_bytes = inbox_bytes;
            REQUIRE(on_actors(shape.define, options) == expected);
          }
        }
      }
    }
  }
}

TEST_CASE("actors write what the plain loop writes") {
  agree(3);
}

TEST_CASE("actors write what the plain loop writes a hundred times over", "[slow]") {
  agree(100);
}

TEST_CASE("two dataflows run one after the other in one process") {
  const Shape& barrier = shapes().front();
  const std::string expected = in_plain_loop(barrier.define);
  for (int i = 0; i < 2; ++i) {
    Options options;
    options.workers = 2;
    CHECK(on_actors(barrier.define, options) == expected);
  }
}

TEST_CASE("every operator instance is an actor with a mailbox of its own") {
  for (const std::uint32_t workers : {1U, 3U}) {
    Options options;
    options.workers = workers;
    std::set<const void*> actors;
    std::set<const void*> mailboxes;
    const Define define = [&](Scope& scope) {
      auto input = scope.new_input<Number>("numbers");
      auto mapped = input.stream().boundary().map([](Number n) { return n; });
      auto kept = mapped.boundary().filter([](Number) { return true; });
      scope.drive([&actors, &mailboxes,
                   handles = std::vector<Handles>{mapped.handles(), kept.handles()}] {
        for (const Handles& of_operator : handles) {
          for (const InstanceAddress& address : of_operator.all()) {
            const caf::actor actor = actor_of(address);
            auto* const scheduled =
                dynamic_cast<caf::scheduled_actor*>(caf::actor_cast<caf::abstract_actor*>(actor));
            REQUIRE(scheduled != nullptr);
            actors.insert(scheduled);
            mailboxes.insert(&scheduled->mailbox());
          }
        }
      });
    };
    REQUIRE(run(options, define).to_string() == "ok");
    CHECK(actors.size() == std::size_t{2} * workers);
    CHECK(mailboxes.size() == std::size_t{2} * workers);
  }
}

}  // namespace
}  // namespace eagre
