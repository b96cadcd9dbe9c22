// Dataflows for the tests of clusters: cluster_jobs JOB, with the standard options.
#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "actors/eagre.h"

namespace {

using eagre::Scope;
using eagre::SourceOutput;

std::uint64_t same(const std::uint64_t& x) {
  return x;
}

// The numbers below `n`, spread over all workers, in epochs of 10,000.
eagre::Stream<std::uint64_t> numbers(const Scope& scope, std::uint64_t n) {
  return scope.source<std::uint64_t>("numbers", [n](std::uint32_t worker, std::uint32_t workers) {
    return [n, workers, next = std::uint64_t{worker}](SourceOutput<std::uint64_t>& output) mutable {
      for (; next < n && !output.full(); next += workers) {
        output.advance_to(next / 10'000);
        output.give(next);
      }
      return next < n;
    };
  });
}

std::string text(const std::uint64_t& x) {
  return std::to_string(x);
}

// The running counts of 1,000 keys, one of a hundred of them.
void keyed(const Scope& scope, std::uint64_t n) {
  numbers(scope, n)
      .map([](const std::uint64_t& x) { return x * 0x9e3779b97f4a7c15 % 1000; })
      .key_by(same)
      .running_count()
      .filter([](const auto& count) { return count.second % 100 == 0; })
      .write([](const auto& count) { return fmt::format("{} {}", count.first, count.second); });
}

// Records go to and fro between the nodes, so that every edge shares its links with all others.
void crossing(const Scope& scope, std::uint64_t n) {
  auto stream = numbers(scope, n);
  for (std::uint64_t i = 1; i <= 4; ++i) {
    stream = stream.exchange([i](const std::uint64_t& x) { return x * 31 + i; })
                 .map([](const std::uint64_t& x) { return x + 1; })
                 .boundary();
  }
  stream.key_by([](const std::uint64_t& x) { return x % 7; }).count().write([](const auto& count) {
    return fmt::format("{} {}", count.first, count.second);
  });
}

// Goes on until somebody ends it.
void endless(const Scope& scope) {
  numbers(scope, ~std::uint64_t{0}).key_by(same).count().for_each([](const auto&) {});
}

// A thousand numbers, nothing for five seconds, a thousand again.
void resting(Scope& scope) {
  auto input = scope.new_input<std::uint64_t>("input");
  input.stream()
      .key_by([](const std::uint64_t& x) { return x % 7; })
      .count()
      .write([](const auto& count) { return fmt::format("{} {}", count.first, count.second); });
  scope.drive([input]() mutable {
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
      for (std::uint64_t i = 0; i < 1000; ++i) {
        input.send(i);
      }
      input.advance_to(epoch + 1);
      std::this_thread::sleep_for(std::chrono::seconds(epoch == 0 ? 5 : 0));
    }
  });
}

// One record of the last worker fails.
void failing(const Scope& scope, std::uint64_t n) {
  numbers(scope, n)
      .exchange(same)
      .map([last = n - 1](const std::uint64_t& x) {
        if (x == last) {
          throw std::runtime_error("the last number");
        }
        return x;
      })
      .write(text);
}

// The first record of each worker takes a second and a half of its processor.
void busy(const Scope& scope, std::uint64_t n) {
  numbers(scope, n)
      .map([first = true](const std::uint64_t& x) mutable {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
        while (std::exchange(first, first && std::chrono::steady_clock::now() < end)) {
        }
        return x;
      })
      .key_by([](const std::uint64_t& x) { return x % 7; })
      .count()
      .write([](const auto& count) { return fmt::format("{} {}", count.first, count.second); });
}

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("cluster_jobs", "Dataflows for tests.");
  std::string job;
  std::uint64_t n = 100'000;
  command.line().argument("JOB", job, "keyed, crossing, busy, endless, failing or resting");
  command.line().option("--records", n, "how many");
  return command.execute(argc, argv, [&](Scope& scope) {
    if (job == "keyed") {
      keyed(scope, n);
    } else if (job == "crossing") {
      crossing(scope, n);
    } else if (job == "busy") {
      busy(scope, n);
    } else if (job == "endless") {
      endless(scope);
    } else if (job == "failing") {
      failing(scope, n);
    } else if (job == "resting") {
      resting(scope);
    } else {
      throw eagre::dataflow::MisuseError("there is no job \"" + job + "\"");
    }
  });
}
