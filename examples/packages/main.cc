// What a Debian package index says: the words its descriptions use most, how its dependency graph
// hangs together, and which packages the others rest on.
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "examples/packages/dependency_graph.h"
#include "examples/packages/index.h"
#include "examples/packages/report.h"

namespace {

void define(eagre::Scope& scope, const std::string& path, std::uint64_t iterations,
            std::atomic<std::uint64_t>& records) {
  const auto index =
      packages::read_index(scope, path).inspect([&records](const packages::Package&) {
        records.fetch_add(1, std::memory_order_relaxed);
      });
  packages::write_words(scope, index);
  const packages::DependencyGraph dependencies = packages::dependency_graph(index);
  packages::write_components(scope, dependencies);
  packages::write_ranks(scope, dependencies, iterations);
}

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("packages", "Words, components and PageRank of a Debian package index.");
  std::uint64_t iterations = 20;
  std::string path;
  command.line().option("--iterations", iterations, "of PageRank");
  command.line().argument("INDEX", path, "what `apt-cache dumpavail` printed, or - for stdin");
  std::atomic<std::uint64_t> records{0};
  const auto start = std::chrono::steady_clock::now();
  const int code = command.execute(
      argc, argv, [&](eagre::Scope& scope) { define(scope, path, iterations, records); });
  if (code == 0 && records != 0) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print(stderr, "{} packages in {:.2f} s, {:.0f} packages/s\n", records.load(),
               seconds.count(), static_cast<double>(records.load()) / seconds.count());
  }
  return code;
}
