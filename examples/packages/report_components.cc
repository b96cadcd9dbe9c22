#include <fmt/core.h>

#include <utility>

#include "examples/packages/report.h"

namespace packages {

void write_components(const eagre::Scope& scope, const DependencyGraph& dependencies) {
  using Sizes = std::pair<std::uint64_t, std::uint64_t>;
  scope.result("\nWeakly connected components of the dependency graph\n  packages  components\n");
  const auto larger = [](const Sizes& a, const Sizes& b) { return a.first > b.first; };
  graph::spread_least(scope, graph::both_ways(dependencies.edges),
                      dependencies.nodes.map([](const graph::Node& node) {
                        return graph::Label{node, node};
                      }),
                      0)
      .key_by([](const graph::Label& label) { return label.label; })
      .count()
      .key_by([](const Sizes& component) { return component.second; })
      .count()
      .top_k(kRows, larger)
      .write(larger,
             [](const Sizes& s) { return fmt::format("{:>10}  {:>10}", s.first, s.second); });
}

}  // namespace packages
