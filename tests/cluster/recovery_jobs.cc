// recovery_jobs JOB FILE FILE...: dataflows over the words of files that can be restored, of every
// shape: stateless, keyed, join, loop, fan-out. For recovery_test.py.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/eagre.h"
#include "runtime/base/hash.h"

namespace {

using eagre::Scope;
using Number = std::uint64_t;
using Pair = std::pair<Number, Number>;
using Numbers = eagre::Stream<Number>;

std::string text_of(const Pair& pair) {
  return fmt::format("{} {}", pair.first, pair.second);
}

// A number for each line, which depends on it alone.
Numbers numbers(const Scope& scope, const std::string& name,
                const std::vector<std::string>& files) {
  return eagre::read_lines<Number>(
      scope, name, files,
      [](std::string_view line, auto& give) {
        give(eagre::base::hash_bytes(std::as_bytes(std::span(line))) % 1'000'000);
      },
      {.epoch_lines = 2000});
}

auto by_rest(const Numbers& stream, Number divisor) {
  return stream.key_by([divisor](Number n) { return n % divisor; });
}

void stateless(const Numbers& all) {
  all.filter([](Number n) { return n % 500 == 0; })
      .map([](Number n) {
        return Pair{n, n * n};
      })
      .write(text_of);
}

void keyed(const Numbers& all) {
  by_rest(all, 10).count().write(text_of);
  by_rest(all, 100)
      .running_count()
      .filter([](const Pair& count) { return count.second % 1000 == 0; })
      .write(text_of);
}

void joined(const Numbers& left, const Numbers& right) {
  const auto some = [](const Numbers& stream) {
    return by_rest(stream.filter([](Number n) { return n % 400 == 0; }), 8000);
  };
  some(left)
      .join(some(right),
            [](Number, Number x, Number y) {
              return Pair{x, y};
            })
      .key_by([](const Pair& pair) { return pair.first; })
      .count()
      .write(text_of);
}

void loop(const Numbers& all) {
  const auto some = all.filter([](Number n) { return n % 20 == 0; });
  const auto rounds = some.iterate("halve", [](const eagre::Loop&, const Numbers& going) {
    return going.filter([](Number n) { return n > 1; })
        .map([](Number n) { return n / 3; })
        .exchange([](Number n) { return n; });
  });
  by_rest(rounds, 5).count().write(text_of);
}

void fan_out(const Numbers& all) {
  all.map([](Number n) { return n % 5000; }).distinct().count().write([](Number n) {
    return std::to_string(n);
  });
  by_rest(all, 4)
      .top_k(2, [](Number a, Number b) { return a > b; })
      .write([](const std::pair<Number, std::vector<Number>>& top) {
        return fmt::format("{} {} {}", top.first, top.second.front(), top.second.back());
      });
  const auto later =
      all.filter([](Number n) { return n % 50 == 0; }).delay([](const eagre::Time& time, Number n) {
        return time.with(0, time[0] + n % 5);
      });
  by_rest(later, 3).count().write(text_of);
}

// Records at which stateless operators of all kinds throw for ever, fused and not, in a loop too.
Number not_of(Number divisor, Number n) {
  if (n % divisor == 0) {
    throw std::runtime_error(fmt::format("divided by {}", divisor));
  }
  return n;
}

void poison(const Numbers& all) {
  by_rest(all.map([](Number n) { return not_of(1009, n); }), 10).count().write(text_of);
  const auto some = all.filter([](Number n) { return not_of(1013, n) % 500 == 0; });
  some.exchange([](Number n) { return n; })
      .flat_map<std::string>([](Number n, auto& give) {
        give(std::to_string(n));
        give(std::to_string(not_of(7, n)));
      })
      .write([](const std::string& text) { return text; });
  some.iterate("halve",
               [](const eagre::Loop&, const Numbers& going) {
                 return going.filter([](Number n) { return n > 1; })
                     .map([](Number n) { return not_of(11, n) / 3; })
                     .exchange([](Number n) { return n; });
               })
      .count()
      .write([](Number n) { return std::to_string(n); });
}

// Throws at some records while there is such a file.
void faulty(const Numbers& all, const std::string& fault) {
  all.filter([](Number n) { return n % 500 == 0; })
      .map([fault](Number n) {
        if (!fault.empty() && access(fault.c_str(), F_OK) == 0) {
          throw std::runtime_error(fmt::format("no {} today", n));
        }
        return n;
      })
      .write([](Number n) { return std::to_string(n); });
}

// What belongs to an epoch, in a file of its own.
void epochs(const Numbers& all, const std::string& folder) {
  eagre::write_epochs(by_rest(all, 10).count(), folder, text_of);
  by_rest(all, 100).running_count().count().write([](Number n) { return std::to_string(n); });
}

// Keeps something on every worker that belongs to no key.
void local(const Numbers& all) {
  all.exchange([](Number n) { return n; })
      .unary_notify<Number, std::vector<Pair>>(
          "epochs",
          [](std::vector<Pair>& sums, const eagre::Input<Number>& input,
             eagre::Output<Number>& output, auto& self) {
            const Number epoch = input.time()[0];
            if (sums.size() <= epoch) {
              sums.resize(epoch + 1);
            }
            for (const Number n : input) {
              sums[epoch].second += n;
            }
            self.notify_at(output.retain());
          },
          [](std::vector<Pair>& sums, eagre::Capability at, eagre::Output<Number>& output) {
            output.session(at).give(sums[at.time()[0]].second);
          })
      .key_by([](Number sum) { return sum % 100; })
      .total()
      .write(text_of);
}

// May keep anything, so it cannot be restored.
void opaque(const Numbers& all) {
  all.unary_frontier<Number>("opaque",
                             [](const eagre::Input<Number>* input, const eagre::Antichain&,
                                eagre::Output<Number>& output) {
                               if (input != nullptr) {
                                 output.forward(input->batch());
                               }
                             })
      .count()
      .write([](Number n) { return std::to_string(n); });
}

// Fed by the program, so that nothing can be read again.
void fed(Scope& scope) {
  scope.new_input<Number>("fed").stream().count().write([](Number n) { return std::to_string(n); });
}

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("recovery_jobs", "Dataflows for tests of recovery.");
  std::string job;
  std::vector<std::string> files;
  command.line().argument("JOB", job,
                          "stateless, keyed, join, loop, fan_out, poison, faulty, epochs, local, "
                          "opaque or fed");
  std::string folder;
  command.line().option("--epochs", folder, "where the job of that name writes");
  std::string fault;
  command.line().option("--fault", fault, "while it is there, the job faulty fails");
  command.line().arguments("FILE", files, "two text files and more");
  return command.execute(argc, argv, [&](Scope& scope) {
    if (job == "join") {
      joined(numbers(scope, "left", {files.front()}), numbers(scope, "right", {files.at(1)}));
      return;
    }
    if (job == "fed") {
      fed(scope);
      return;
    }
    const Numbers all = numbers(scope, "numbers", files);
    if (job == "stateless") {
      stateless(all);
    } else if (job == "keyed") {
      keyed(all);
    } else if (job == "loop") {
      loop(all);
    } else if (job == "fan_out") {
      fan_out(all);
    } else if (job == "poison") {
      poison(all);
    } else if (job == "faulty") {
      faulty(all, fault);
    } else if (job == "epochs") {
      epochs(all, folder);
    } else if (job == "local") {
      local(all);
    } else if (job == "opaque") {
      opaque(all);
    } else {
      throw eagre::dataflow::MisuseError("there is no job \"" + job + "\"");
    }
  });
}
