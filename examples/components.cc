// The undirected components of a graph: each node with the smallest node id it is connected to.
#include <fmt/core.h>

#include <string>

#include "graph.h"

int main(int argc, char** argv) {
  eagre::Command command("components",
                         "Prints each node and the smallest node id of its undirected component.");
  std::string path;
  command.line().argument("EDGES", path, "file with lines \"u v\", # for comments");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    const auto edges = graph::both_ways(graph::read_edges(scope, path));
    const auto own = edges.map([](const graph::Edge& edge) {
      return graph::Label{edge.from, edge.from};
    });
    graph::spread_least(scope, edges, own, 0).write([](const graph::Label& l) {
      return fmt::format("{}\t{}", l.node, l.label);
    });
  });
}
