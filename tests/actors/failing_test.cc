// What the driving function sees when its dataflow fails: it is woken wherever it waits, sees no
// epoch complete that is not, and the first cause is the one that is told.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "actors/eagre.h"

namespace eagre {
namespace {

using Number = std::uint64_t;

Options workers(std::uint32_t n) {
  Options options;
  options.workers = n;
  return options;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a failing dataflow wakes a driver that waits for a probe") {
  for (int i = 0; i < 20; ++i) {
    bool woken = false;
    const Status status = run(workers(2), [&](Scope& scope) {
      auto input = scope.new_input<Number>("input");
      auto probe =
          input.stream()
              .map([](Number n) -> Number { throw std::runtime_error("no " + std::to_string(n)); })
              .probe();
      scope.drive([&woken, input, probe]() mutable {
        input.send(1);
        input.flush();
        try {
          probe.wait_until(1);  // the epoch is still open: only the failure can end this
        } catch (...) {
          woken = true;
          throw;
        }
      });
    });
    CHECK(woken);
    CHECK(status.code() == base::Code::failed);
    CHECK(contains(status.message(), "no 1"));
  }
}

TEST_CASE("an epoch in which an operator failed is never seen complete, whatever it sent before") {
  Options options = workers(2);
  options.inbox_bytes = 16 << 10;  // small batches: most are sent, and counted, before the end
  for (Number fatal = 0; fatal < 10; ++fatal) {
    Number complete = 0;
    const Status status = run(options, [&](Scope& scope) {
      auto input = scope.new_input<Number>("input");
      auto probe = input.stream()
                       .flat_map<Number>([fatal](Number n, auto& give) {
                         for (Number i = 0; i < 1000; ++i) {
                           give(i);
                         }
                         if (n == fatal) {
                           throw std::runtime_error("no more");
                         }
                       })
                       .exchange([](Number n) { return n; })
                       .map([](Number n) { return n; })
                       .probe();
      scope.drive([&complete, fatal, input, probe]() mutable {
        for (Number epoch = 0; epoch <= fatal; ++epoch) {
          input.send(epoch);
          input.advance_to(epoch + 1);
          probe.wait_until(epoch + 1);
          complete = epoch + 1;
        }
      });
    });
    CHECK(contains(status.message(), "no more"));
    CHECK(complete == fatal);
  }
}

TEST_CASE("a failing dataflow wakes a driver that waits for room") {
  Options options = workers(2);
  options.inbox_bytes = 4096;
  bool woken = false;
  const Status status = run(options, [&](Scope& scope) {
    auto input = scope.new_input<Number>("input");
    input.stream().for_each([taken = 0](Number) mutable {
      if (++taken == 100) {
        throw std::runtime_error("full");
      }
    });
    scope.drive([&woken, input]() mutable {
      try {
        for (;;) {
          input.send(1);
        }
      } catch (...) {
        woken = true;
        throw;
      }
    });
  });
  CHECK(woken);
  CHECK(contains(status.message(), "full"));
}

TEST_CASE("what a driver itself threw while the dataflow failed does not hide the failure") {
  const Status status = run(workers(1), [](Scope& scope) {
    auto input = scope.new_input<Number>("input");
    auto probe =
        input.stream().map([](Number) -> Number { throw std::runtime_error("cause"); }).probe();
    scope.drive([=]() mutable {
      input.send(1);
      input.flush();
      try {
        probe.wait_until(1);
      } catch (const std::exception&) {
        throw std::runtime_error("effect");
      }
    });
  });
  CHECK(contains(status.message(), "cause"));
}

}  // namespace
}  // namespace eagre
