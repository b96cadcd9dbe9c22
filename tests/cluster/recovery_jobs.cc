// recovery_jobs JOB FILE FILE...: dataflows over the words of files that can be restored, of every
// shape: stateless, keyed, join, loop, fan-out. For recovery_test.py.
#include "tests/cluster/recovery_jobs.h"

#include <fmt/core.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/eagre.h"
#include "runtime/base/hash.h"

namespace eagre::testing {
namespace {

// A number for each line, which depends on it alone.
Numbers numbers(const Scope& scope, const std::string& name,
                const std::vector<std::string>& files) {
  return read_lines<Number>(scope, name, files,
                            [](std::string_view line, auto& give) {
                              give(base::hash_bytes(std::as_bytes(std::span(line))) % 1'000'000);
                            },
                            {.epoch_lines = 2000});
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
  const auto rounds = some.iterate("halve", [](const Loop&, const Numbers& going) {
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
      all.filter([](Number n) { return n % 50 == 0; }).delay([](const Time& time, Number n) {
        return time.with(0, time[0] + n % 5);
      });
  by_rest(later, 3).count().write(text_of);
}

// What belongs to an epoch, in a file of its own.
void epochs(const Numbers& all, const std::string& folder) {
  write_epochs(by_rest(all, 10).count(), folder, text_of);
  by_rest(all, 100).running_count().count().write([](Number n) { return std::to_string(n); });
}

// Fed by the program, so that nothing can be read again.
void fed(Scope& scope) {
  scope.new_input<Number>("fed").stream().count().write([](Number n) { return std::to_string(n); });
}

// What the command line says beside the job.
struct Arguments {
  std::vector<std::string> files;
  std::string folder;
  std::string fault;
};

void define(Scope& scope, const std::string& job, const Arguments& given) {
  if (job == "join") {
    joined(numbers(scope, "left", {given.files.front()}),
           numbers(scope, "right", {given.files.at(1)}));
    return;
  }
  if (job == "fed") {
    fed(scope);
    return;
  }
  const Numbers all = numbers(scope, "numbers", given.files);
  if (job == "stateless") {
    stateless(all);
  } else if (job == "keyed") {
    keyed(all);
  } else if (job == "states") {
    states(all);
  } else if (job == "windows") {
    windowed(all);
  } else if (job == "loop") {
    loop(all);
  } else if (job == "fan_out") {
    fan_out(all);
  } else if (job == "poison") {
    poison(all);
  } else if (job == "faulty") {
    faulty(all, given.fault);
  } else if (job == "epochs") {
    epochs(all, given.folder);
  } else if (job == "local") {
    local(all);
  } else if (job == "opaque") {
    opaque(all);
  } else {
    throw dataflow::MisuseError("there is no job \"" + job + "\"");
  }
}

}  // namespace
}  // namespace eagre::testing

int main(int argc, char** argv) {
  eagre::Command command("recovery_jobs", "Dataflows for tests of recovery.");
  std::string job;
  eagre::testing::Arguments given;
  command.line().argument("JOB", job,
                          "stateless, keyed, states, windows, join, loop, fan_out, poison, faulty, "
                          "epochs, local, opaque or fed");
  command.line().option("--epochs", given.folder, "where the job of that name writes");
  command.line().option("--fault", given.fault, "while it is there, the job faulty fails");
  command.line().arguments("FILE", given.files, "two text files and more");
  return command.execute(argc, argv,
                         [&](eagre::Scope& scope) { eagre::testing::define(scope, job, given); });
}
