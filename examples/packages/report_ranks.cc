#include <fmt/core.h>

#include <string>
#include <utility>

#include "examples/packages/report.h"
#include "examples/pagerank.h"

namespace packages {

void write_ranks(const eagre::Scope& scope, const DependencyGraph& dependencies,
                 std::uint64_t iterations) {
  using Ranked = std::pair<std::string, double>;
  scope.result(
      fmt::format("\nPackages that others rest on (PageRank, {} iterations)\n      rank  package\n",
                  iterations));
  const auto higher = [](const graph::Rank& a, const graph::Rank& b) { return a.rank > b.rank; };
  graph::pagerank(scope, dependencies.nodes, dependencies.edges, iterations)
      .top_k(kRows, higher)
      .key_by([](const graph::Rank& rank) { return rank.node; })
      .join(dependencies.names.key_by([](const Name& name) { return name.second; }),
            [](const graph::Node&, const graph::Rank& rank, const Name& name) {
              return Ranked(name.first, rank.rank);
            })
      .write([](const Ranked& a, const Ranked& b) { return a.second > b.second; },
             [](const Ranked& r) { return fmt::format("{:>10.6f}  {}", r.second, r.first); });
}

}  // namespace packages
