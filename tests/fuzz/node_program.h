// The dataflow of the node that is fuzzed: an exchange, a loop, counts by key, texts.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/api/program.h"
#include "runtime/api/scope.h"
#include "runtime/api/stream.h"
#include "runtime/base/check.h"

namespace eagre::api::testing {

inline Program node_program() {
  using Number = std::uint64_t;
  const auto same = [](const Number& n) { return n; };
  return build([&](Scope& scope) {
    const Stream<Number> numbers = scope.to_stream<Number>({1, 2, 3}).exchange(same);
    numbers
        .iterate("loop",
                 [&](const Loop&, const Stream<Number>& rounds) {
                   return rounds.exchange(same)
                       .filter([](const Number& n) { return n < 100 && n != 0; })
                       .map([](const Number& n) { return n * 3; });
                 })
        .key_by(same)
        .count()
        .write([](const auto& count) { return std::to_string(count.first); });
    numbers.map([](const Number& n) { return std::to_string(n); })
        .key_by([](const std::string& text) { return text; })
        .running_count()
        .write([](const auto& count) { return count.first; });
  });
}

// Process `process` of two with two workers each.
inline Deployment node_deployment(const Program& program, std::uint32_t process) {
  base::Result<Deployment> made =
      Deployment::make(program.plan, {.workers = 4,
                                      .processes = 2,
                                      .process = process,
                                      .inbox_bytes = 4096,
                                      .batch_bytes = 1024,
                                      .checkpoints = CheckpointStart{}});
  EAGRE_CHECK(made.ok(), "{}", made.status().message());
  return std::move(made.value());
}

}  // namespace eagre::api::testing
