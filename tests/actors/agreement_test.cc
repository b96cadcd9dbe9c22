// Whole dataflows on actors and in the plain loop: the same definition must write the same.
// Agreement: several shapes (exchange, joins, loops, barriers, several inputs), 1, 2 and 4 workers,
// roomy and tiny inboxes, both schedulers, again and again; catches races, lost messages and lost
// frontiers. Identity: every operator instance is an actor of its own.
#include <fmt/core.h>

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

namespace eagre {
namespace {

using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;

struct Shape {
  const char* name;
  Define define;
};

std::vector<Number> numbers(Number n) {
  std::vector<Number> all(n);
  for (Number i = 0; i < n; ++i) {
    all[i] = i;
  }
  return all;
}

std::string show(const Pair& pair) {
  return fmt::format("{} {}", pair.first, pair.second);
}

// Epoch after epoch, each waited for.
void barrier(Scope& scope) {
  auto input = scope.new_input<Number>("numbers");
  auto sums = input.stream().key_by([](Number n) { return n % 7; }).count();
  sums.write(show);
  auto probe = sums.probe();
  scope.drive([=]() mutable {
    for (Number epoch = 0; epoch < 20; ++epoch) {
      for (Number n = 0; n < 50; ++n) {
        input.send(n * epoch);
      }
      input.advance_to(epoch + 1);
      probe.wait_until(epoch + 1);
    }
  });
}

// More records than tiny inboxes take.
void stream(Scope& scope) {
  scope.to_stream(numbers(20000))
      .exchange([](Number n) { return n; })
      .map([](Number n) { return n / 3; })
      .filter([](Number n) { return n % 2 == 0; })
      .key_by([](Number n) { return n % 50; })
      .count()
      .write(show);
}

void collatz(Scope& scope) {
  scope.to_stream(numbers(200))
      .map([](Number n) { return Pair(n + 1, 0); })
      .iterate("collatz",
               [](const Loop&, const Stream<Pair>& rounds) {
                 return rounds.exchange([](const Pair& p) { return p.first; })
                     .filter([](const Pair& p) { return p.first != 1; })
                     .map([](const Pair& p) {
                       return Pair(p.first % 2 == 0 ? p.first / 2 : 3 * p.first + 1, p.second + 1);
                     });
               })
      .filter([](const Pair& p) { return p.first == 1; })
      .key_by([](const Pair& p) { return p.second; })
      .count()
      .write(show);
}

void join(Scope& scope) {
  auto left = scope.new_input<Number>("left");
  auto right = scope.new_unordered_input<Number>("right");
  left.stream()
      .key_by([](Number n) { return n % 10; })
      .join(right.stream().key_by([](Number n) { return n % 10; }),
            [](Number, Number a, Number b) { return Pair(a, b); })
      .write(show);
  scope.drive([=]() mutable {
    right.hold(3);
    for (Number epoch = 0; epoch < 5; ++epoch) {
      left.send(epoch);
      left.send(epoch + 10);
      left.advance_to(epoch + 1);
      right.send(3 + epoch % 2, {epoch, epoch + 5});
    }
  });
}

void strings(Scope& scope) {
  std::vector<std::string> words;
  words.reserve(3000);
  for (int i = 0; i < 3000; ++i) {
    words.push_back(std::string(static_cast<std::size_t>(i % 90), 'x') + std::to_string(i % 13));
  }
  auto all = scope.to_stream(std::move(words)).rebalance().inspect([](const std::string&) {});
  auto [even, odd] = all.branch([](const std::string& word) { return word.size() % 2 == 1; });
  even.concat(odd)
      .key_by([](const std::string& word) { return word; })
      .count()
      .top_k(20, [](const auto& a, const auto& b) { return a.second > b.second; })
      .write([](const auto& count) { return fmt::format("{} {}", count.first, count.second); });
  odd.distinct().write([](const std::string& word) { return word; });
  even.broadcast().distinct().count().write([](Number n) { return std::to_string(n); });
}

void nothing(Scope&) {}

void no_records(Scope& scope) {
  scope.to_stream(std::vector<Number>()).count().write([](Number n) { return std::to_string(n); });
  scope.new_input<Number>("closed").stream().distinct().write(
      [](Number n) { return std::to_string(n); });
}

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> kAll = {
      {"barrier", barrier}, {"stream", stream},   {"collatz", collatz},      {"join", join},
      {"strings", strings}, {"nothing", nothing}, {"no records", no_records}};
  return kAll;
}

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
  const std::string expected = in_plain_loop(barrier);
  for (int i = 0; i < 2; ++i) {
    Options options;
    options.workers = 2;
    CHECK(on_actors(barrier, options) == expected);
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
