// Records for which a stateless operator throws are left out and told of, everything else goes on.
// Catches: records lost or doubled beside the one that is left out, in blocks, whole batches and
// strings; what was given before the throw and stays; lines that depend on workers or order; an
// operator that is not isolated and goes on with half a state.

#include "runtime/dataflow/dead_letters.h"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/dataflow/failure.h"
#include "runtime/dataflow/record_text.h"
#include "runtime/progress/event_time.h"
#include "tests/operators/vocabulary.h"

namespace eagre {
namespace {

using api::Stream;

// What a run gives: its status, the records that arrive, by time, and the dead letters.
struct Given {
  base::Status status;
  Timed<std::string> records;
  std::string letters;

  friend bool operator==(const Given&, const Given&) = default;
};

// define: (Scope&) -> Stream<std::string>.
template <class Define>
Given run_isolated(const Define& define, const api::PlainLoopOptions& options) {
  std::shared_ptr<Timed<std::string>> records;
  api::Program program =
      api::build([&](Scope& scope) { records = timed(define(scope)); }, std::nullopt, true);
  const std::vector<std::shared_ptr<std::string>> parts = program.dead_letters;
  api::PlainLoop loop(std::move(program), options);
  const base::Status status = loop.run();
  std::string letters;
  for (const std::shared_ptr<std::string>& part : parts) {
    letters += *part;
  }
  return {status, *records, letters};
}

template <class Define>
void always_gives_isolated(const Define& define, const Given& expected) {
  for (std::uint32_t workers = 1; workers <= 4; ++workers) {
    for (const std::size_t batch_bytes : {1U, 65536U}) {
      for (const std::uint64_t inbox_bytes : {1U, 1U << 22}) {
        CAPTURE(workers, batch_bytes, inbox_bytes);
        const Given given =
            run_isolated(define, loop_options(workers, batch_bytes, inbox_bytes, workers));
        REQUIRE(given.status.to_string() == expected.status.to_string());
        REQUIRE(given.letters == expected.letters);
        REQUIRE(given.records == expected.records);
      }
    }
  }
}

Number not_of(Number divisor, Number n) {
  if (n % divisor == 0) {
    throw std::runtime_error("divided by " + std::to_string(divisor));
  }
  return n;
}

// A long chain of all stages over numbers, in which a number is left out by the first of the
// divisors 13, 17, 19, ... that divides it.
Stream<std::string> chain(const Stream<Number>& input, bool boundaries) {
  const auto cut = [boundaries](auto stream) { return boundaries ? stream.boundary() : stream; };
  auto mapped = cut(input).map([](Number n) { return not_of(13, n); });
  auto filtered = cut(mapped).filter([](Number n) { return not_of(17, n) != 0; });
  auto looked_at = cut(filtered).inspect([](Number n) { not_of(19, n); });
  auto twice = cut(looked_at).flat_map<Number>([](Number n, auto& give) {
    give(n);
    not_of(23, n);
    give(n);
  });
  auto some = cut(twice).filter_map([](Number n) { return std::optional(not_of(29, n)); });
  auto branches = cut(some).branch([](Number n) { return not_of(31, n) % 2 == 0; });
  auto parts = cut(branches.first.concat(branches.second)).partition(3, [](Number n) {
    return n % 37 == 0 ? 3 : n % 3;
  });
  auto texts = cut(parts[0].concat(parts[1]).concat(parts[2])).map([](Number n) {
    return std::to_string(n);
  });
  auto sorted = cut(texts).ok_err<std::string, Number>(
      [](const std::string& text) -> std::variant<std::string, Number> {
        not_of(41, std::stoull(text));
        return text;
      });
  sorted.first.for_each([](const std::string& text) { not_of(43, std::stoull(text)); });
  return sorted.first;
}

using Epochs = std::vector<std::vector<Number>>;

Given chain_expected(const Epochs& epochs) {
  const std::vector<std::pair<Number, std::string>> by_divisor = {
      {13, "map"},    {17, "filter"},    {19, "inspect"}, {23, "flat_map"}, {29, "filter_map"},
      {31, "branch"}, {37, "partition"}, {41, "ok_err"},  {43, "for_each"}};
  Given expected;
  for (std::size_t epoch = 0; epoch < epochs.size(); ++epoch) {
    std::vector<std::string> letters;
    for (const Number n : epochs[epoch]) {
      const auto found = std::find_if(by_divisor.begin(), by_divisor.end(),
                                      [&](const auto& entry) { return n % entry.first == 0; });
      const bool arrives = found == by_divisor.end() || found->first == 43;
      for (int i = 0; arrives && i < 2; ++i) {
        expected.records.emplace_back(progress::Time{epoch}, std::to_string(n));
      }
      if (found != by_divisor.end()) {
        const auto& [divisor, stage] = *found;
        const std::string error =
            divisor == 37 ? "there is no output 3 of 3" : "divided by " + std::to_string(divisor);
        // Behind flat_map every number is there twice.
        letters.insert(letters.end(), divisor > 23 ? 2 : 1,
                       dataflow::dead_letter(progress::to_string(progress::Time{epoch}), stage,
                                             error, std::to_string(n)) +
                           "\n");
      }
    }
    std::sort(letters.begin(), letters.end());
    for (const std::string& letter : letters) {
      expected.letters += letter;
    }
  }
  expected.records = in_order(std::move(expected.records));
  return expected;
}

Epochs numbers_to(Number most, std::size_t epochs) {
  Epochs numbers(epochs);
  for (Number n = 1; n <= most; ++n) {
    numbers[n % epochs].push_back(n);
  }
  return numbers;
}

TEST_CASE("every stage leaves out what it throws for, and nothing else, in every schedule") {
  const Epochs numbers = numbers_to(200, 2);
  const Given expected = chain_expected(numbers);
  for (const bool boundaries : {false, true}) {
    CAPTURE(boundaries);
    always_gives_isolated([&](Scope& scope) { return chain(by_epoch(scope, numbers), boundaries); },
                          expected);
  }
}

TEST_CASE("records of whole blocks and batches are left out one by one") {
  const Epochs numbers = numbers_to(5000, 1);
  const Given expected = chain_expected(numbers);
  for (const bool boundaries : {false, true}) {
    for (const std::uint32_t workers : {1U, 3U}) {
      CAPTURE(boundaries, workers);
      const Given given = run_isolated(
          [&](Scope& scope) { return chain(scope.to_stream(numbers.front()), boundaries); },
          loop_options(workers));
      REQUIRE(given == expected);
    }
  }
}

TEST_CASE("a record is left out in the round of a loop in which it is thrown for") {
  const auto define = [](Scope& scope) {
    return by_epoch<Number>(scope, {{40}, {12, 7}})
        .iterate("halve",
                 [](const api::Loop&, const Stream<Number>& going) {
                   return going.filter([](Number n) { return n > 1; }).map([](Number n) {
                     if (n % 2 != 0) {
                       throw n;
                     }
                     return n / 2;
                   });
                 })
        .map([](Number n) { return std::to_string(n); });
  };
  const std::string error = R"("operator":"map","error":"an exception that is no std::exception",)";
  always_gives_isolated(define, {{},
                                 {{progress::Time{0}, "10"},
                                  {progress::Time{0}, "20"},
                                  {progress::Time{0}, "5"},
                                  {progress::Time{1}, "3"},
                                  {progress::Time{1}, "6"}},
                                 "{\"time\":\"(0, 3)\"," + error + "\"record\":\"5\"}\n" +
                                     "{\"time\":\"(1, 0)\"," + error + "\"record\":\"7\"}\n" +
                                     "{\"time\":\"(1, 2)\"," + error + "\"record\":\"3\"}\n"});
}

TEST_CASE("in event time records are left out at their event time, behind all others") {
  const auto time_of = [](Number n) { return static_cast<std::int64_t>(n); };
  Given expected;
  expected.letters =
      dataflow::dead_letter("(1)", "map", "divided by 5", "20") + "\n" +
      dataflow::dead_letter("(event time 9)", "map", "divided by 7", "[0, [0, 10], 7]") + "\n" +
      dataflow::dead_letter("(event time 39)", "map", "divided by 7", "[0, [30, 40], 35]") + "\n";
  expected.records = {{progress::Time{0, progress::to_coordinate(19)}, "11"}};
  always_gives_isolated(
      [&](Scope& scope) {
        return by_epoch<Number>(scope, {{3, 4}, {20, 11}, {35}, {60}})
            .map([](Number n) { return n < 35 ? not_of(5, n) : n; })
            .filter([](Number n) { return n < 60; })
            .assign_event_time(time_of, {.bound = 30})
            .on_time.key_by([](Number) { return Number{0}; })
            .window(time_of, api::Tumbling{10})
            .sum([](Number n) { return n; })
            .map([](const auto& pane) { return std::to_string(not_of(7, pane.value)); });
      },
      expected);
}

TEST_CASE("where nothing is thrown there are no dead letters, and without stages no operators") {
  const Given given = run_isolated(
      [](Scope& scope) { return by_epoch<std::string>(scope, {{"a"}}); }, loop_options(2));
  CHECK(given == Given{{}, {{progress::Time{0}, "a"}}, ""});
}

TEST_CASE("an operator that is not isolated fails, and says why its record is not left out") {
  const auto define = [](Scope& scope) {
    return by_epoch<std::string>(scope, {{"a"}})
        .unary<std::string>("keeper", [](const auto&, auto&) { throw std::runtime_error("no"); });
  };
  CHECK(run_isolated(define, loop_options(1)).status.message() ==
        "operator \"keeper\" on worker 0 failed at time (0): no; only operators that keep nothing "
        "(docs/operators.md) leave records out");
}

TEST_CASE("who uses the library wrongly in a stage is told, and no record left out") {
  const auto define = [](Scope& scope) {
    return by_epoch<std::string>(scope, {{"a"}}).map([](const std::string& text) {
      throw dataflow::MisuseError("closed");
      return text;
    });
  };
  const Given given = run_isolated(define, loop_options(1));
  CHECK(given.status.code() == base::Code::usage);
  CHECK(given.letters.empty());
}

struct Point {
  int x = 0;
  std::vector<std::optional<double>> weights;
  std::array<bool, 2> flags{};
};

TEST_CASE("a record of any type is text for people") {
  CHECK(dataflow::record_text(std::string("as it is")) == "as it is");
  CHECK(dataflow::record_text(std::uint64_t{1} << 63) == "9223372036854775808");
  CHECK(dataflow::record_text(std::int8_t{-1}) == "-1");
  CHECK(dataflow::record_text(Point{-3, {0.5, std::nullopt}, {true, false}}) ==
        "[-3, [0.5, null], [1, 0]]");
  CHECK(dataflow::record_text(std::pair(std::string("a"), std::tuple(1, 2.0F))) == "[a, [1, 2]]");
  CHECK(dataflow::record_text(base::FixedSum()) ==
        "(" + std::to_string(sizeof(base::FixedSum)) + " bytes)");
}

TEST_CASE("a line is one line of JSON, whatever the texts hold, and long records are cut") {
  CHECK(dataflow::dead_letter("(5)", "a \"map\"", "one\ntwo\t\\", "\xff") ==
        R"-({"time":"(5)","operator":"a \"map\"","error":"one\\x0atwo\t\\","record":"\\xff"})-");
  const std::string begin = R"-({"time":"(5)","operator":"map","error":"","record":")-";
  CHECK(dataflow::dead_letter("(5)", "map", "", std::string(1000, 'x')) ==
        begin + std::string(200, 'x') + "... (1000 bytes)\"}");
}

}  // namespace
}  // namespace eagre
