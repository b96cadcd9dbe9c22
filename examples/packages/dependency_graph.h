// The dependency graph of an index: packages are numbered in alphabetical order of their names, and
// an edge leads from each package to each one that it depends on. A name that the index does not
// have is a node, too.
#pragma once

#include <string>
#include <utility>

#include "examples/graph.h"
#include "examples/packages/index.h"

namespace packages {

using Name = std::pair<std::string, graph::Node>;

struct DependencyGraph {
  eagre::Stream<Name> names;
  eagre::Stream<graph::Node> nodes;
  eagre::Stream<graph::Edge> edges;
};

DependencyGraph dependency_graph(const eagre::Stream<Package>& index);

}  // namespace packages
