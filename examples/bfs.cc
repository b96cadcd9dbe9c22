// Breadth-first search: the distance of every node that can be reached from a source.
#include <fmt/core.h>

#include <cstdint>
#include <string>

#include "graph.h"

int main(int argc, char** argv) {
  eagre::Command command("bfs",
                         "Prints each node that can be reached from a source, with its distance.");
  std::uint64_t source = 0;
  std::string path;
  command.line().required("--source", source, "node id to start from");
  command.line().argument("EDGES", path, "file with lines \"u v\" (u leads to v), # for comments");
  return command.execute(argc, argv, [&](eagre::Scope& scope) {
    const auto edges = graph::read_edges(scope, path);
    // Edges there are start the search: a graph without any has no nodes at all.
    const auto start = edges.count().map([source](const std::uint64_t&) {
      return graph::Label{source, 0};
    });
    graph::spread_least(scope, edges, start, 1).write([](const graph::Label& l) {
      return fmt::format("{}\t{}", l.node, l.label);
    });
  });
}
