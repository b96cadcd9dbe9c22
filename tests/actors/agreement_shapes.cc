// The dataflows that agreement_test.cc runs: several shapes (exchange, joins, loops, barriers,
// several inputs, an operator that lags).
#include "tests/actors/agreement_shapes.h"

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/lag.h"

namespace eagre {
namespace {

using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;

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

// A source that must go further ahead than it may at first, or nothing would move.
void lag(Scope& scope) {
  scope
      .source<Number>("one an epoch",
                      [](std::uint32_t worker, std::uint32_t workers) {
                        return
                            [workers, at = Number{worker}](SourceOutput<Number>& output) mutable {
                              while (at < 100 && !output.full()) {
                                output.advance_to(at);
                                output.give(at);
                                at += workers;
                              }
                              return at < 100;
                            };
                      })
      .apply<testing::Lag>("lag", Number{12})
      .key_by([](Number n) { return n % 5; })
      .running_count()
      .write(show);
}

void nothing(Scope&) {}

void no_records(Scope& scope) {
  scope.to_stream(std::vector<Number>()).count().write([](Number n) { return std::to_string(n); });
  scope.new_input<Number>("closed").stream().distinct().write(
      [](Number n) { return std::to_string(n); });
}

}  // namespace

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> kAll = {
      {"barrier", barrier}, {"stream", stream}, {"collatz", collatz}, {"join", join},
      {"strings", strings}, {"lag", lag},       {"nothing", nothing}, {"no records", no_records}};
  return kAll;
}

}  // namespace eagre
