// The smallest loop: one operator that waits for each round to be complete on all workers before it
// starts the next one. What a round costs is what coordination costs.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>

#include "actors/eagre.h"

namespace {

class Barrier final : public eagre::Unary<std::uint64_t, std::uint64_t> {
 public:
  explicit Barrier(std::uint64_t rounds) : rounds_(rounds) {}

  void on_batch(const eagre::Input<std::uint64_t>&, eagre::Output<std::uint64_t>& output) override {
    notify_at(output.retain());
  }

  void on_notify(eagre::Capability at, eagre::Output<std::uint64_t>& output) override {
    const std::uint64_t round = at.time().last();
    if (round == rounds_) {
      output.session(at).give(round);
      return;
    }
    at.downgrade({at.time()[0], round + 1});
    notify_at(std::move(at));
  }

 private:
  std::uint64_t rounds_;
};

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("barrier", "Runs rounds that all workers finish together.");
  std::uint64_t rounds = 10'000;
  command.line().option("--rounds", rounds, "how many");
  const auto start = std::chrono::steady_clock::now();
  const int code = command.execute(argc, argv, [&](eagre::Scope& scope) {
    const eagre::Loop loop = scope.loop("rounds");
    const eagre::LoopVariable<std::uint64_t> again(loop, "again");
    const auto begin = scope.to_stream<std::uint64_t>({0}, "begin").broadcast().enter(loop);
    const auto done =
        loop.concat<std::uint64_t>({begin, again.stream()}).apply<Barrier>("barrier", rounds);
    again.connect(done.filter([](const std::uint64_t&) { return false; }));
    done.leave().distinct().write(
        [](const std::uint64_t& round) { return fmt::format("{} rounds", round); });
  });
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print(stderr, "{:.3f} s\n", seconds.count());
  return code;
}
