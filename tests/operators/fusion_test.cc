// Stateless operators that run inside the actor of their neighbour.
// Law: a chain gives the same with boundaries anywhere, as recomputed on a vector, for all kinds of
// records, heads, batch sizes and workers (records lost, doubled or stale in a block).
// Examples: what is fused and what is not, several readers of one tap, whole batches, blocks,
// failures and who they are named after.
#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/plan/print.h"
#include "tests/support/rapidcheck.h"
#include "tests/support/run_loop.h"

namespace eagre {
namespace {

using api::Scope;
using api::Stream;
using testing::loop_options;
using testing::run_once;
using testing::status_of;

using Number = std::uint64_t;
using Pair = std::pair<std::uint64_t, std::uint32_t>;  // has padding

// ---- random chains

// One operator on the stream at hand; what it does depends on the type of the records.
struct Step {
  int op = 0;
  Number k = 1;
  bool boundary = false;
};

constexpr int kOps = 10;
constexpr int kHeads = 5;

using Record = std::variant<Number, std::string, Pair>;
using Timed = std::pair<Number, std::string>;  // epoch, text

Number number_of(Number n) {
  return n;
}
Number number_of(const std::string& text) {
  return text.size() + static_cast<unsigned char>(text.empty() ? 0 : text.back());
}
Number number_of(const Pair& pair) {
  return pair.first + pair.second;
}

template <class T>
T record_of(Number n) {
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(n % 20, 'a') + std::to_string(n);
  } else if constexpr (std::is_same_v<T, Pair>) {
    return {n, static_cast<std::uint32_t>(n % 7)};
  } else {
    return n;
  }
}

template <class T>
std::string text_of(const T& record) {
  return std::to_string(number_of(record));
}

// The same chain on a vector.
class Model {
 public:
  explicit Model(const std::vector<std::pair<Number, Number>>& numbers) {
    for (const auto& [epoch, n] : numbers) {
      records_.emplace_back(epoch, n);
    }
  }

  template <class T>
  void run(const Step& step) {
    const Number k = step.k;
    switch (step.op) {
      case 0:
        return each<T>([k](const T& r, auto give) { give(record_of<T>(number_of(r) + k)); });
      case 1:
      case 6:
        return each<T>([k](const T& r, auto give) {
          if (number_of(r) % (k + 1) != 0) give(r);
        });
      case 2:
        return each<T>([k](const T& r, auto give) {
          for (Number i = 0; i < number_of(r) % (k + 1); ++i) give(record_of<T>(i));
        });
      case 3:
        return each<T>([k](const T& r, auto give) {
          if (number_of(r) % 2 == 0) give(record_of<T>(number_of(r) / k));
        });
      case 4:
      case 5:
        return;
      case 7:
        return each<T>([](const T& r, auto give) { give(record_of<std::string>(number_of(r))); });
      case 8:
        return each<T>([](const T& r, auto give) { give(record_of<Pair>(number_of(r))); });
      default:
        return each<T>([](const T& r, auto give) { give(number_of(r)); });
    }
  }

  std::vector<Timed> result() const {
    std::vector<Timed> all;
    for (const auto& [epoch, record] : records_) {
      all.emplace_back(epoch, std::visit([](const auto& r) { return text_of(r); }, record));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  template <class T, class F>
  void each(F f) {
    std::vector<std::pair<Number, Record>> next;
    for (const auto& timed : records_) {
      const Number epoch = timed.first;
      f(std::get<T>(timed.second),
        [&next, epoch](auto record) { next.emplace_back(epoch, Record(std::move(record))); });
    }
    records_ = std::move(next);
  }

  std::vector<std::pair<Number, Record>> records_;
};

using Streams = std::variant<Stream<Number>, Stream<std::string>, Stream<Pair>>;

template <class T>
Streams apply(const Step& step, Stream<T> stream) {
  if (step.boundary) {
    stream = stream.boundary();
  }
  const Number k = step.k;
  switch (step.op) {
    case 0:
      return stream.map([k](const T& r) { return record_of<T>(number_of(r) + k); });
    case 1:
      return stream.filter([k](const T& r) { return number_of(r) % (k + 1) != 0; });
    case 2:
      return stream.template flat_map<T>([k](const T& r, auto& give) {
        for (Number i = 0; i < number_of(r) % (k + 1); ++i) give(record_of<T>(i));
      });
    case 3:
      return stream.filter_map([k](const T& r) {
        return number_of(r) % 2 == 0 ? std::optional<T>(record_of<T>(number_of(r) / k))
                                     : std::nullopt;
      });
    case 4:
      return stream.inspect([](const T&) {});
    case 5: {
      // Apart and together again: a head in the middle of the chain.
      auto parts = stream.partition(3, [k](const T& r) { return (number_of(r) + k) % 3; });
      return parts[0].concat(parts[1].boundary().inspect([](const T&) {})).concat(parts[2]);
    }
    case 6: {
      using Result = std::variant<T, std::string>;
      return stream
          .template ok_err<T, std::string>([k](const T& r) {
            return number_of(r) % (k + 1) != 0 ? Result(std::in_place_index<0>, r)
                                               : Result(std::in_place_index<1>, "");
          })
          .first;
    }
    case 7:
      return stream.map([](const T& r) { return record_of<std::string>(number_of(r)); });
    case 8:
      return stream.map([](const T& r) { return record_of<Pair>(number_of(r)); });
    default:
      return stream.map([](const T& r) { return number_of(r); });
  }
}

// `epochs` epochs of `n` numbers each, from something that is no stage itself.
Stream<Number> head(Scope& scope, int kind, Number epochs, Number n) {
  if (kind == 2) {
    std::vector<std::vector<Number>> all(epochs);
    for (Number epoch = 0; epoch < epochs; ++epoch) {
      for (Number i = 0; i < n; ++i) {
        all[epoch].push_back(epoch + i);
      }
    }
    return testing::by_epoch<Number>(scope, all);
  }
  const auto stream = scope.source<Number>("numbers", [=](Number worker, Number workers) {
    return [=, epoch = Number{0}, i = worker](operators::SourceOutput<Number>& output) mutable {
      while (!output.full()) {
        if (i >= n) {
          if (++epoch == epochs) {
            return false;
          }
          output.advance_to(epoch);
          i = worker;
        } else if (kind == 0) {
          output.give(epoch + i);
          i += workers;
        } else {
          const Number left = (n - i + workers - 1) / workers;
          i += workers *
               output.generate(left, [&, i](Number at) { return epoch + i + at * workers; });
        }
      }
      return true;
    };
  });
  switch (kind) {
    case 3:
      return stream.exchange([](Number r) { return r; });
    case 4:
      return stream.delay([](const progress::Time& time, Number) { return time; });
    default:
      return stream;
  }
}

rc::Gen<std::vector<Step>> chains() {
  return rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
      rc::gen::set(&Step::op, rc::gen::inRange(0, kOps)),
      rc::gen::set(&Step::k, rc::gen::inRange<Number>(1, 5)), rc::gen::set(&Step::boundary)));
}

TEST_CASE("a chain gives the same with boundaries anywhere, on any head") {
  testing::check("fused is as unfused", 150, 12, [] {
    const std::vector<Step> chain = *chains();
    const int kind = *rc::gen::inRange(0, kHeads);
    const Number epochs = *rc::gen::inRange<Number>(1, 4);
    const Number n = *rc::gen::element<Number>(1, 40, 1500);
    std::vector<std::pair<Number, Number>> numbers;
    for (Number epoch = 0; epoch < epochs; ++epoch) {
      for (Number i = 0; i < n; ++i) {
        numbers.emplace_back(epoch, epoch + i);
      }
    }
    Model model(numbers);
    const auto define = [&](Scope& scope) {
      Streams streams = head(scope, kind, epochs, n);
      for (const Step& step : chain) {
        streams =
            std::visit([&](const auto& stream) -> Streams { return apply(step, stream); }, streams);
      }
      return std::visit(
          [](const auto& stream) {
            using T = typename std::decay_t<decltype(stream)>::Record;
            return testing::timed(stream.map([](const T& r) { return text_of(r); }));
          },
          streams);
    };
    int type = 0;
    for (const Step& step : chain) {
      type == 0   ? model.run<Number>(step)
      : type == 1 ? model.run<std::string>(step)
                  : model.run<Pair>(step);
      type = step.op == 7 ? 1 : step.op == 8 ? 2 : step.op == 9 ? 0 : type;
    }
    const auto workers = *rc::gen::inRange<std::uint32_t>(1, 5);
    const auto batch_bytes = *rc::gen::element<std::size_t>(1, 100, 3000, 64 << 10);
    const auto inbox_bytes = *rc::gen::element<std::uint64_t>(1, 5000, 4 << 20);
    api::PlainLoopOptions options =
        loop_options(workers, n > 40 ? std::max<std::size_t>(batch_bytes, 3000) : batch_bytes,
                     n > 40 ? 4 << 20 : inbox_bytes, *rc::gen::arbitrary<std::uint64_t>());
    options.audit_every = 101;
    std::vector<Timed> result;
    for (const auto& [time, text] : run_once(define, options)) {
      result.emplace_back(time[0], text);
    }
    std::sort(result.begin(), result.end());
    RC_ASSERT(result == model.result());
  });
}

// ---- what is fused

std::string graph(const std::function<void(Scope&)>& define) {
  std::string text = plan::to_dot(api::build(define).plan);
  return text.substr(text.find("  n0"));
}

Number same(Number n) {
  return n;
}

bool is_even(Number n) {
  return n % 2 == 0;
}

TEST_CASE("a chain is one operator of the plan, and a boundary cuts it") {
  const std::string expected_one =
      "  n0 [label=\"numbers > map > filter > for_each\"];\n"
      "}\n";
  REQUIRE(
      graph([](Scope& scope) {
        scope.to_stream<Number>({1}, "numbers").map(same).filter(is_even).for_each([](Number) {});
      }) == expected_one);
  const std::string expected_two =
      "  n0 [label=\"numbers > map\"];\n"
      "  n1 [label=\"filter > for_each\"];\n"
      "  n0 -> n1 [label=\"pipeline\"];\n"
      "}\n";
  REQUIRE(graph([](Scope& scope) {
            scope.to_stream<Number>({1}, "numbers")
                .map(same)
                .boundary()
                .filter(is_even)
                .for_each([](Number) {});
          }) == expected_two);
}

TEST_CASE("pacts, scopes and state cut a chain, and every operator may head one") {
  const std::string expected =
      "  n0 [label=\"in > map\"];\n"
      "  n1 [label=\"map > filter\"];\n"
      "  n4 [label=\"sum > map\"];\n"
      "  n5 [label=\"map\"];\n"
      "  n6 [label=\"capture\"];\n"
      "  subgraph cluster_1 {\n"
      "    label=\"region\";\n"
      "    n2 [label=\"inspect > inspect\"];\n"
      "  }\n"
      "  subgraph cluster_2 {\n"
      "    label=\"loop\";\n"
      "    n7 [label=\"filter\"];\n"
      "    n8 [label=\"again > map\"];\n"
      "  }\n";
  const std::string text = graph([](Scope& scope) {
    const auto in = scope.new_input<Number>("in").stream().map(same);
    const auto exchanged = in.exchange(same).map(same).filter(is_even);
    const Scope region = scope.region("region");
    const auto inside = exchanged.enter(region).inspect([](Number) {}).inspect([](Number) {});
    static_cast<void>(inside.leave().boundary());
    exchanged.count().map(same).boundary().map(same).capture();
    const api::Loop loop = scope.loop("loop");
    const auto first = in.enter(loop).filter(is_even);
    const api::LoopVariable<Number> again(loop, "again");
    again.connect(first);
    again.stream().map(same);
  });
  // Operator 3 is the workers' own counting.
  CAPTURE(text);
  std::string without_count = text.substr(0, text.find("  n0 ->"));
  const std::string count = "  n3 [label=\"count\"];\n";
  REQUIRE(without_count.find(count) != std::string::npos);
  without_count.erase(without_count.find(count), count.size());
  REQUIRE(without_count == expected);
}

TEST_CASE("streams that part and readers side by side show in the plan") {
  const api::Program program = api::build([](Scope& scope) {
    const auto numbers = scope.to_stream<Number>({1}, "numbers");
    const auto [odd, even] = numbers.branch(is_even);
    odd.map(same).filter(is_even);
    even.exchange(same).for_each([](Number) {});
    numbers.for_each([](Number) {});
  });
  REQUIRE(program.plan.nodes.size() == 2);
  REQUIRE(
      plan::to_mermaid(program.plan).find("n0[\"numbers > (branch > map > filter, for_each)\"]") !=
      std::string::npos);
  REQUIRE(program.plan.edges.size() == 1);
  REQUIRE(program.plan.edges[0].tap == 2);
  const std::string json = plan::to_json(program.plan);
  CAPTURE(json);
  REQUIRE(json.find(R"("name": "branch",
          "output": 0,
          "from": 0,
          "first": 1,
          "taps": 2)") != std::string::npos);
  REQUIRE(json.find(R"("tap": 2)") != std::string::npos);
}

TEST_CASE("a very long chain is cut, and gives what it should") {
  const auto chain = [](Scope& scope) {
    auto stream = scope.to_stream<Number>({0, 1});
    for (int i = 0; i < 1000; ++i) {
      stream = stream.map([](Number n) { return n + 1; });
    }
    return stream.collect();
  };
  REQUIRE(run_once(chain, loop_options(1)) == std::vector<Number>{1000, 1001});
  const plan::Plan plan = api::build([&](Scope& scope) { chain(scope); }).plan;
  REQUIRE(plan.nodes.size() == 1 + 1000 / (api::Builder::kMaxDepth + 1) + 1);
}

// ---- several readers, whole batches, blocks

TEST_CASE("each reader of a tap gets every record") {
  std::atomic<Number> seen = 0;
  testing::always_gives(
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
  api::Fate data(std::uint32_t channel, std::uint32_t, const data::Batch& batch) override {
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

TEST_CASE("packed records come in blocks that fit the first-level cache, however they were given") {
  constexpr Number n = 100'000;
  for (const bool at_once : {false, true}) {
    for (const bool forwarded : {false, true}) {
      for (const bool with_edge : {false, true}) {
        CAPTURE(at_once, forwarded, with_edge);
        Blocks blocks;
        run_once(
            [&](Scope& scope) {
              auto numbers = scope.source<Number>("numbers", [=](Number, Number) {
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
              });
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

// ---- failures

std::string failure(const std::function<void(Scope&)>& define) {
  return status_of(define, loop_options(1)).to_string();
}

template <class T>
T too_much(const T& n) {
  if (n == T{7}) {
    throw std::runtime_error("7 is too much");
  }
  return n;
}

TEST_CASE("a failure names the stage that failed, its worker and its time") {
  const auto numbers = [](Scope& scope) {
    return testing::by_epoch<Number>(scope, {{1}, {2}, {7}, {3}});
  };
  const std::string expected =
      "failed: operator \"map\" on worker 0 failed at time (2): 7 is too much";
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope)
                .filter([](Number) { return true; })
                .map(too_much<Number>)
                .for_each([](Number) {});
          }) == expected);
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope).boundary().map(too_much<Number>).filter(is_even).collect();
          }) == expected);
  // A stage behind one that takes records one by one, and one behind a delay: the record's time is
  // told, not that of the operator's work.
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope)
                .map([](Number n) { return std::string(n, 'x'); })
                .map([](const std::string& text) { return too_much(text.size()); });
          }) == expected);
  REQUIRE(failure([&](Scope& scope) {
            numbers(scope)
                .delay([](const progress::Time& time, Number) { return time.with(0, time[0] + 5); })
                .inspect([](Number n) { too_much(n); });
          }) == "failed: operator \"inspect\" on worker 0 failed at time (7): 7 is too much");
  // A source has no time at work, a stage behind it has.
  REQUIRE(failure([](Scope& scope) {
            scope.to_stream<Number>({7}).for_each([](Number n) { too_much(n); });
          }) == "failed: operator \"for_each\" on worker 0 failed at time (0): 7 is too much");
  REQUIRE(failure([&](Scope& scope) { numbers(scope).partition(2, same); }) ==
          "failed: operator \"partition\" on worker 0 failed at time (1): there is no output "
          "2 of 2");
  REQUIRE(failure([](Scope& scope) {
            scope.to_stream<Number>({7}).map(same).for_each(
                [](Number) { throw dataflow::InputError("in.txt", 3, "bad", "x"); });
          }) == "input: in.txt:3: bad: x");
}

TEST_CASE("a stage's failure is not seen by the code before it, and stops the stages") {
  Number caught = 0;
  Number after = 0;
  const std::string expected =
      "failed: operator \"map\" on worker 0 failed at time (0): 7 is too much";
  REQUIRE(failure([&](Scope& scope) {
            scope.to_stream<std::string>({"x", "7", "8"})
                .flat_map<std::string>([&](const std::string& text, auto& give) {
                  try {
                    give(text);
                  } catch (...) {
                    ++caught;
                  }
                })
                .map([](const std::string& text) {
                  return text == "7" ? too_much(Number{7}) : Number{1};
                })
                .for_each([](Number) {});
          }) == expected);
  REQUIRE(failure([&](Scope& scope) {
            const auto words = scope.to_stream<std::string>({"7", "8", "9"});
            words.map([](const std::string& text) { return too_much(text == "7" ? 7 : 1); });
            words.for_each([&](const std::string&) { ++after; });
          }) == expected);
  REQUIRE(caught == 0);
  REQUIRE(after == 0);
}

}  // namespace
}  // namespace eagre
