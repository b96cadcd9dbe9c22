// Whole dataflows in a plain loop: the same definition is run for several numbers of workers, batch
// sizes, inbox budgets and orders of events, and must always give the same.
#pragma once

#include <algorithm>
#include <catch2/catch_message.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/api/plain_loop.h"
#include "runtime/api/stream.h"

namespace eagre::testing {

// Records with the times at which they came: by time, and at each time in canonical order.
template <class T>
using Timed = std::vector<std::pair<progress::Time, T>>;

template <class T>
std::shared_ptr<Timed<T>> timed(const api::Stream<T>& stream) {
  auto all = std::make_shared<Timed<T>>();
  stream.sink([all](const progress::Time& time, const std::vector<T>& records) {
    for (const T& record : records) {
      all->emplace_back(time, record);
    }
  });
  return all;
}

// The form in which a computed result can be compared with what timed() gives.
template <class T>
Timed<T> in_order(Timed<T> records) {
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) {
      return progress::LexicographicLess{}(a.first, b.first);
    }
    return data::CanonicalLess<T>{}(a.second, b.second);
  });
  return records;
}

// A stream of these records, element e at epoch e, from an input.
template <class T>
api::Stream<T> by_epoch(api::Scope& scope, std::vector<std::vector<T>> epochs) {
  auto input = scope.new_input<T>("input");
  // Several such streams are driven one after the other.
  auto& drive = scope.builder()->program().drive;
  drive = std::function<void()>([input, epochs = std::move(epochs), before = drive]() mutable {
    if (before) {
      before();
    }
    for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
      input.advance_to(epoch);
      for (const T& record : epochs[epoch]) {
        input.send(record);
        // Or all would travel in one batch, to one worker.
        input.flush();
      }
    }
  });
  return input.stream();
}

inline api::PlainLoopOptions loop_options(std::uint32_t workers, std::size_t batch_bytes = 64 << 10,
                                          std::uint64_t inbox_bytes = 4 << 20,
                                          std::uint64_t seed = 1) {
  api::PlainLoopOptions options;
  options.run.workers = workers;
  options.run.batch_bytes = batch_bytes;
  options.run.inbox_bytes = inbox_bytes;
  options.seed = seed;
  options.audit_every = 13;
  return options;
}

// One run. define: (api::Scope&) -> std::shared_ptr<R>.
template <class Define>
auto run_once(const Define& define, const api::PlainLoopOptions& options,
              api::LoopObserver* observer = nullptr) {
  decltype(define(std::declval<api::Scope&>())) result;
  api::PlainLoop loop(api::build([&](api::Scope& scope) { result = define(scope); }), options,
                      observer);
  const base::Status status = loop.run();
  REQUIRE(status.to_string() == "ok");
  return *result;
}

// The status of one run of a definition that gives nothing.
template <class Define>
base::Status status_of(const Define& define,
                       const api::PlainLoopOptions& options = loop_options(2)) {
  return api::PlainLoop(api::build(define), options).run();
}

// Runs for workers 1 to 4, batches of one record, of a few and of many, inboxes of one byte and
// more, `seeds` orders of events each.
template <class Define, class R>
void always_gives(const Define& define, const R& expected, std::uint64_t seeds = 2) {
  struct Sizes {
    std::size_t batch_bytes;
    std::uint64_t inbox_bytes;
  };
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    for (const Sizes sizes :
         {Sizes{1, 4 << 20}, Sizes{100, 1024}, Sizes{64 << 10, 1}, Sizes{64 << 10, 4 << 20}}) {
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(workers, sizes.batch_bytes, sizes.inbox_bytes, seed);
        REQUIRE(run_once(define, loop_options(workers, sizes.batch_bytes, sizes.inbox_bytes,
                                              seed)) == expected);
      }
    }
  }
}

}  // namespace eagre::testing
