// PageRank of a graph, ranks with nine decimals, highest first.
#include "pagerank.h"

#include <fmt/core.h>

#include <string>
#include <utility>

int main(int argc, char** argv) {
  eagre::Command command("pagerank", "Prints each node and its PageRank, highest first.");
  std::uint64_t iterations = 20;
  std::string path;
  command.line().option("--iterations", iterations, "how many, exactly");
  command.line().argument("EDGES", path, "file with lines \"u v\" (u leads to v), # for comments");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    // Ordered by the rank as it is printed; all ranks print with one digit before the point.
    using Printed = std::pair<graph::Node, std::string>;
    const auto edges = graph::read_edges(scope, path);
    graph::pagerank(scope, graph::nodes_of(edges), edges, iterations)
        .map([](const graph::Rank& r) { return Printed(r.node, fmt::format("{:.9f}", r.rank)); })
        .write([](const Printed& a, const Printed& b) { return a.second > b.second; },
               [](const Printed& p) { return fmt::format("{}\t{}", p.first, p.second); });
  });
}
