// Numbers travel round a loop until they reach 1 (Collatz: halve the even, triple the odd and add
// one); each leaves with the number of rounds it took. The step is an operator written as a lambda.
#include <fmt/core.h>

#include <cstdint>

#include "actors/eagre.h"

namespace {

struct Walk {
  std::uint64_t start = 0;
  std::uint64_t at = 0;
  std::uint64_t rounds = 0;
};

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("loopdemo", "Counts the Collatz steps of 1 to N, in epochs of 10.");
  std::uint64_t numbers = 30;
  command.line().option("--numbers", numbers, "N");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    auto input = scope.new_input<std::uint64_t>("numbers");
    const eagre::Loop loop = scope.loop("collatz");
    const eagre::LoopVariable<Walk> again(loop, "again");
    const auto walks = input.stream().rebalance().enter(loop).map([](const std::uint64_t& n) {
      return Walk{n, n, 0};
    });
    const auto [going, arrived] =
        loop.concat<Walk>({walks, again.stream()}).branch([](const Walk& walk) {
          return walk.at == 1;
        });
    again.connect(going.unary<Walk>(
        "step", [](const eagre::Input<Walk>& arriving, eagre::Output<Walk>& output) {
          auto session = output.session();
          for (const Walk& walk : arriving) {
            const std::uint64_t next = walk.at % 2 == 0 ? walk.at / 2 : 3 * walk.at + 1;
            session.give({walk.start, next, walk.rounds + 1});
          }
        }));
    const auto results = arrived.leave();
    results.write(
        [](const Walk& walk) { return fmt::format("{}\t{} steps", walk.start, walk.rounds); });
    const eagre::Probe probe = results.probe();
    scope.drive([=]() mutable {
      for (std::uint64_t n = 1; n <= numbers; ++n) {
        input.send(n);
        if (n % 10 == 0) {
          input.advance_to(n / 10);
          probe.wait_until(n / 10);
        }
      }
    });
  });
}
