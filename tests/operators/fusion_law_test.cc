// Stateless operators that run inside the actor of their neighbour, in random chains.
// Law: a chain gives the same with boundaries anywhere, as recomputed on a vector, for all kinds of
// records, heads, batch sizes and workers (records lost, doubled or stale in a block).
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/operators/vocabulary.h"
#include "tests/support/rapidcheck.h"

namespace eagre {
namespace {

using api::Stream;
using Pair = std::pair<std::uint64_t, std::uint32_t>;  // has padding

// One operator on the stream at hand; what it does depends on the type of the records.
struct Step {
  int op = 0;
  Number k = 1;
  bool boundary = false;
};

constexpr int kOps = 10;
constexpr int kHeads = 5;

using Record = std::variant<Number, std::string, Pair>;
using Said = std::pair<Number, std::string>;  // epoch, text

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
          if (number_of(r) % (k + 1) != 0) {
            give(r);
          }
        });
      case 2:
        return each<T>([k](const T& r, auto give) {
          for (Number i = 0; i < number_of(r) % (k + 1); ++i) {
            give(record_of<T>(i));
          }
        });
      case 3:
        return each<T>([k](const T& r, auto give) {
          if (number_of(r) % 2 == 0) {
            give(record_of<T>(number_of(r) / k));
          }
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

  std::vector<Said> result() const {
    std::vector<Said> all;
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
        for (Number i = 0; i < number_of(r) % (k + 1); ++i) {
          give(record_of<T>(i));
        }
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
    return by_epoch<Number>(scope, all);
  }
  auto stream = scope.source<Number>("numbers", [=](Number worker, Number workers) {
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
            return timed(stream.map([](const T& r) { return text_of(r); }));
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
    std::vector<Said> result;
    for (const auto& [time, text] : run_once(define, options)) {
      result.emplace_back(time[0], text);
    }
    std::sort(result.begin(), result.end());
    RC_ASSERT(result == model.result());
  });
}

}  // namespace
}  // namespace eagre
