// How records reach the stages behind an output.
// Examples: several readers of one stream, whole batches, streams that nobody reads, blocks.
#include "runtime/dataflow/stage.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

Number same(Number n) {
  return n;
}

TEST_CASE("each reader of a tap gets every record") {
  std::atomic<Number> seen = 0;
  always_gives(
      [&](Scope& scope) {
        seen = 0;
        const auto numbers = scope.to_stream<Number>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
        const auto mapped = numbers.map([](Number n) { return 10 * n; });
        mapped.for_each([&](Number n) { seen += n; });
        const auto text = mapped.map([](Number n) { return std::to_string(n); });
        text.for_each([&](const std::string& t) { seen += 10000 * t.size(); });
        return mapped.exchange(same)
            .map(same)
            .concat(mapped)
            .concat(mapped.filter([](Number n) { return n > 50; }))
            .concat(text.map([](const std::string& t) { return Number{t.size()}; }))
            .concat(text.exchange([](const std::string& t) { return t; }).map([](const auto& t) {
              return 1 + t.size();
            }))
            .collect();
      },
      [] {
        std::vector<Number> all;
        for (Number n = 10; n <= 100; n += 10) {
          all.insert(all.end(), {n, n, n == 100 ? 3U : 2U, n == 100 ? 4U : 3U});
          if (n > 50) {
            all.push_back(n);
          }
        }
        std::sort(all.begin(), all.end());
        return all;
      }(),
      1);
  REQUIRE(seen == 550 + 10000 * 21);
}

// What goes over edges.
struct Watch : api::LoopObserver {
  api::Fate data(std::uint32_t channel, std::uint32_t, data::Batch& batch) override {
    bodies[channel].insert(batch.body());
    records[channel] += batch.count();
    kept.push_back(batch);  // or another could get its body's address
    return api::Fate::arrives;
  }
  std::map<std::uint32_t, std::set<const void*>> bodies;
  std::map<std::uint32_t, Number> records;
  std::vector<data::Batch> kept;
};

TEST_CASE("whole batches pass inspect uncopied, and reach stages") {
  Watch watch;
  const auto result = run_once(
      [](Scope& scope) {
        const auto words = scope.to_stream<std::string>({"a", "b", "c"});
        const auto passed = words.concat(words).inspect([](const std::string&) {});
        passed.filter([](const std::string& word) { return word == "b"; })
            .for_each([](const std::string&) {});
        return passed.collect();
      },
      loop_options(1), &watch);
  REQUIRE(result == std::vector<std::string>{"a", "a", "b", "b", "c", "c"});
  // Two edges into concat, one into the sink.
  REQUIRE(watch.bodies.size() == 3);
  REQUIRE(watch.bodies[2] == watch.bodies[0]);
}

TEST_CASE("nothing is sent where nobody reads, but functions are called") {
  Watch watch;
  Number calls = 0;
  run_once(
      [&](Scope& scope) {
        const auto numbers = scope.to_stream(std::vector<Number>(5000, 1));
        numbers.map([&](Number n) {
          ++calls;
          return n;
        });
        numbers.filter([&](Number) {
          ++calls;
          return true;
        });
        numbers.branch([&](Number) {
          ++calls;
          return true;
        });
        return std::make_shared<int>();
      },
      loop_options(1), &watch);
  REQUIRE(calls == 15000);
  REQUIRE(watch.kept.empty());
}

struct Blocks {
  Number calls = 0;
  Number records = 0;
  std::size_t largest = 0;
};

// A stage of the user's own.
struct Measure : dataflow::Stage<Number> {
  explicit Measure(Blocks* all) : blocks(all) {}
  void on_bind(dataflow::OutputPort&, std::uint32_t) override {}
  void process(std::span<const Number> block) override {
    ++blocks->calls;
    blocks->records += block.size();
    blocks->largest = std::max(blocks->largest, block.size());
  }
  Blocks* blocks;
};

// A source of the numbers below n, on one worker, one by one or at once.
auto counter(Number n, bool at_once) {
  return [=](Number, Number) {
    return [=, i = Number{0}](operators::SourceOutput<Number>& output) mutable {
      while (i < n && !output.full()) {
        if (at_once) {
          i += output.generate(n - i, [](Number k) { return k; });
        } else {
          output.give(i++);
        }
      }
      return i < n;
    };
  };
}

TEST_CASE("packed records come in blocks that fit the first-level cache, however they were given") {
  constexpr Number n = 100'000;
  for (const bool at_once : {false, true}) {
    for (const bool forwarded : {false, true}) {
      for (const bool with_edge : {false, true}) {
        CAPTURE(at_once, forwarded, with_edge);
        Blocks blocks;
        run_once(
            [&](Scope& scope) {
              auto numbers = scope.source<Number>("numbers", counter(n, at_once));
              if (forwarded) {
                numbers = numbers.concat(scope.to_stream<Number>({}));
              }
              if (with_edge) {
                numbers.probe();
              }
              numbers.add_stage<Measure>("measure", 0, &blocks);
              return std::make_shared<int>();
            },
            loop_options(1));
        REQUIRE(blocks.records == n);
        REQUIRE(blocks.largest == 1024);
        REQUIRE(blocks.calls < n / 1024 * 3 / 2);
      }
    }
  }
}

TEST_CASE("a source is polled for a few batches at a time, read or not") {
  constexpr Number n = 200'000;
  for (const bool at_once : {false, true}) {
    for (const int readers : {0, 1, 2}) {
      CAPTURE(at_once, readers);
      api::PlainLoop loop(api::build([&](Scope& scope) {
                            const auto numbers =
                                scope.source<Number>("numbers", counter(n, at_once));
                            if (readers == 1) {
                              numbers.for_each([](Number) {});
                            } else if (readers == 2) {
                              numbers.probe();
                            }
                          }),
                          loop_options(1));
      REQUIRE(loop.run().to_string() == "ok");
      REQUIRE(loop.activations(0) >= n / 20'000);
      REQUIRE(loop.activations(0) <= n / 4096);
    }
  }
}

}  // namespace
}  // namespace eagre
