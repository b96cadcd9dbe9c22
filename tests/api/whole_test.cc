// Whole programs over the API.
// Examples: results in the order of the program, requests to operators.
// Shape: time to build and run grows with the number of operators, idle operators do not work.
// The wire: a batch between two operators of one process is what `capnp decode` reads.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Scope;
using testing::by_epoch;
using testing::loop_options;

using Number = std::uint64_t;

TEST_CASE("a program's results come in the order of its parts, each sorted as it says") {
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      api::Program program = api::build([](Scope& scope) {
        const auto numbers = by_epoch<Number>(scope, {{3, 1, 2}, {5, 4}});
        const auto text = [](Number n) { return std::to_string(n); };
        numbers.write([](Number a, Number b) { return a > b; }, text);
        scope.result("between\n");
        numbers.map([](Number n) { return 10 * n; }).write(text);
      });
      const auto results = program.results;
      api::PlainLoop loop(std::move(program), loop_options(workers, 1, 64, seed));
      REQUIRE(loop.run().ok());
      std::string all;
      for (const auto& part : results) {
        all += *part;
      }
      REQUIRE(all == "3\n2\n1\n5\n4\nbetween\n10\n20\n30\n40\n50\n");
    }
  }
}

// Sums by key; tells the sum of a key to whoever asks.
class Sums final : public dataflow::Answering<dataflow::Unary<Number, Number>, Number, Number> {
 public:
  void on_batch(const dataflow::Input<Number>& input, dataflow::Output<Number>& output) override {
    for (const Number n : input) {
      sums_[n % 10] += n;
    }
    output.forward(input.batch());
  }
  Number on_ask(const Number& key) const override {
    const auto found = sums_.find(key);
    return found == sums_.end() ? 0 : found->second;
  }

 private:
  std::map<Number, Number> sums_;
};

TEST_CASE("operators are asked by key, and answer what is complete") {
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    const base::Status status = testing::status_of(
        [](Scope& scope) {
          auto input = scope.new_input<Number>("input");
          const auto sums =
              input.stream().exchange([](Number n) { return n % 10; }).apply<Sums>("sums");
          const auto probe = sums.probe();
          scope.drive([input, probe, handles = sums.handles()]() mutable {
            for (Number n = 0; n < 100; ++n) {
              input.send(n);
            }
            input.advance_to(1);
            probe.wait_until(1);
            for (Number key = 0; key < 10; ++key) {
              REQUIRE(handles.ask<Number>(key, key).value() == 450 + 10 * key);
            }
            REQUIRE(handles.ask<std::string>(Number{1}, Number{1}).status().code() ==
                    base::Code::usage);
            REQUIRE(handles.ask<Number>(Number{1}, std::string("1")).status().code() ==
                    base::Code::usage);
          });
        },
        loop_options(workers));
    REQUIRE(status.to_string() == "ok");
  }
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Chains {
  double seconds = 0;
  std::uint64_t steps = 0;
};

// Builds and drains `count` chains of n operators each, of which half see nothing. All live until
// the last has ended, so that many short chains need the memory (and caches) of a long one.
Chains run_chains(int count, int n) {
  std::vector<std::unique_ptr<api::PlainLoop>> loops;
  Chains result;
  const double start = cpu_seconds();
  for (int chain = 0; chain < count; ++chain) {
    std::vector<plan::NodeIndex> idle;
    api::Program program = api::build([&](Scope& scope) {
      auto input = scope.new_input<Number>("input");
      const auto [none, all] = input.stream().branch([](Number) { return true; });
      auto busy = all;
      auto quiet = none;
      for (int i = 0; i < n / 2; ++i) {
        busy = busy.map([](Number k) { return k; });
        quiet = quiet.map([](Number k) { return k; });
        idle.push_back(quiet.end().node);
      }
      const auto probe = busy.probe();
      scope.drive([=]() mutable {
        for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
          input.send(epoch);
          input.advance_to(epoch);
          probe.wait_until(epoch);
        }
      });
    });
    api::PlainLoopOptions options = loop_options(1);
    options.audit_every = 0;
    loops.push_back(std::make_unique<api::PlainLoop>(std::move(program), options));
    REQUIRE(loops.back()->run().to_string() == "ok");
    result.steps += loops.back()->steps();
    for (const plan::NodeIndex node : idle) {
      REQUIRE(loops.back()->activations(node) == 0);
    }
  }
  result.seconds = cpu_seconds() - start;
  return result;
}

TEST_CASE("ten times the operators take at most fifteen times as long, and idle ones do nothing") {
  double factor = 1000;
  for (int attempt = 0; attempt < 3 && factor > 15; ++attempt) {
    const Chains small = run_chains(10, 1000);
    const Chains large = run_chains(1, 10000);
    REQUIRE(large.steps < small.steps * 11 / 10);
    factor = 10 * large.seconds / small.seconds;
  }
  REQUIRE(factor <= 15);
}

// Keeps the first batch of more than two records, and its wire form.
struct Dump : api::LoopObserver {
  api::Fate data(std::uint32_t, std::uint32_t, const data::Batch& batch) override {
    if (bytes.empty() && batch.count() > 2) {
      batch.append_wire(bytes);
      kept = batch;
    }
    return api::Fate::arrives;
  }
  std::vector<std::byte> bytes;
  data::Batch kept;
};

TEST_CASE("a message between two operators is one that `capnp decode` reads") {
  if (std::system("command -v capnp > /dev/null") != 0) {
    SKIP("the capnp tool is not installed");
  }
  const std::filesystem::path schema =
      std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "schema" / "batch.capnp";
  Dump dump;
  testing::run_once(
      [](Scope& scope) {
        return scope.to_stream<Number>({0x1111, 0x2222, 0x3333})
            .map([](Number n) { return n; })
            .collect();
      },
      loop_options(1), &dump);
  REQUIRE(dump.kept);
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("eagre_batch_" + std::to_string(::getpid()));
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(dump.bytes.data()),
             static_cast<std::streamsize>(dump.bytes.size()));
  const std::string command =
      "capnp decode --short " + schema.string() + " Batch < " + file.string() + " 2>&1";
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    text.push_back(static_cast<char>(c));
  }
  const int exit = ::pclose(pipe);
  std::filesystem::remove(file);
  CAPTURE(text);
  REQUIRE(exit == 0);
  REQUIRE(text.find("count = 3") != std::string::npos);
  REQUIRE(text.find("generation = 1") != std::string::npos);
  REQUIRE(text.find("time = [0]") != std::string::npos);
  // The first record; the tool writes bytes that are no letters in octal.
  REQUIRE(text.find(R"(\021\021\000)") != std::string::npos);
  REQUIRE(data::Batch::from_wire(dump.bytes).value().header() == dump.kept.header());
}

}  // namespace
}  // namespace eagre
