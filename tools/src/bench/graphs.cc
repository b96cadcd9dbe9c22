#include <algorithm>
#include <numeric>
#include <queue>

#include "examples/graph.h"
#include "examples/pagerank.h"
#include "tools/src/bench/parts.h"
#include "tools/src/bench/workloads.h"

namespace eagre::bench {
namespace {

using graph::Edge;
using graph::Label;
using graph::Node;

struct Size {
  std::uint64_t nodes;
  std::uint64_t edges;
};

Edge edge_at(std::uint64_t i, std::uint64_t nodes) {
  return {splitmix64(2 * i) % nodes, splitmix64(2 * i + 1) % nodes};
}

Stream<Edge> edges_of(const Scope& scope, Size size) {
  return numbered<Edge>(scope, size.edges, 1,
                        [=](std::uint64_t i) { return edge_at(i, size.nodes); });
}

// Count and sum of the distances from node 0.
std::pair<std::uint64_t, std::uint64_t> distances(Size size) {
  std::vector<std::uint64_t> begin(size.nodes + 2);
  for (std::uint64_t i = 0; i < size.edges; ++i) {
    ++begin[edge_at(i, size.nodes).from + 2];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::uint64_t> to(size.edges);
  for (std::uint64_t i = 0; i < size.edges; ++i) {
    const Edge edge = edge_at(i, size.nodes);
    to[begin[edge.from + 1]++] = edge.to;
  }
  std::vector<std::uint64_t> distance(size.nodes, ~std::uint64_t{0});
  std::queue<std::uint64_t> queue({0});
  distance[0] = 0;
  std::pair<std::uint64_t, std::uint64_t> result = {0, 0};
  while (!queue.empty()) {
    const std::uint64_t node = queue.front();
    queue.pop();
    ++result.first;
    result.second += distance[node];
    for (std::uint64_t i = begin[node]; i < begin[node + 1]; ++i) {
      if (distance[to[i]] == ~std::uint64_t{0}) {
        distance[to[i]] = distance[node] + 1;
        queue.push(to[i]);
      }
    }
  }
  return result;
}

// Count and sum of the least node ids of the nodes' components.
std::pair<std::uint64_t, std::uint64_t> components(Size size) {
  std::vector<std::uint64_t> parent(size.nodes);
  std::iota(parent.begin(), parent.end(), 0);
  std::vector<bool> seen(size.nodes);
  const auto root = [&](std::uint64_t node) {
    while (parent[node] != node) {
      parent[node] = parent[parent[node]];
      node = parent[node];
    }
    return node;
  };
  for (std::uint64_t i = 0; i < size.edges; ++i) {
    const Edge edge = edge_at(i, size.nodes);
    seen[edge.from] = seen[edge.to] = true;
    const std::uint64_t a = root(edge.from);
    const std::uint64_t b = root(edge.to);
    parent[std::max(a, b)] = std::min(a, b);
  }
  std::pair<std::uint64_t, std::uint64_t> result = {0, 0};
  for (std::uint64_t node = 0; node < size.nodes; ++node) {
    if (seen[node]) {
      ++result.first;
      result.second += root(node);
    }
  }
  return result;
}

base::Result<Sample> bfs(std::uint32_t workers, Size size) {
  const auto [count, sum] = distances(size);
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, size.edges,
                           [&](Scope& scope) {
                             const auto start = scope.to_stream<Label>({{0, 0}}, "start");
                             add_up(graph::spread_least(scope, edges_of(scope, size), start, 1),
                                    totals, [](const Label& l) { return l.label; });
                           }),
                 *totals, count, sum);
}

// Nodes joined by edges; the least node of a tree is its root.
class Forest {
 public:
  // Whether the edge told something new: a node, or that two trees are one.
  bool join(const Edge& edge) {
    const bool added_from = add(edge.from);
    const bool added_to = add(edge.to);
    const Node a = root(edge.from);
    const Node b = root(edge.to);
    parents_[std::max(a, b)] = std::min(a, b);
    return added_from || added_to || a != b;
  }
  void fetch(const Edge& edge) const {
    for (const Node node : {edge.from, edge.to}) {
      if (node < parents_.size()) {
        __builtin_prefetch(&parents_[node]);
      }
    }
  }
  // Calls f(node, root) for each node.
  template <class F>
  void for_each(F&& f) {
    for (Node node = 0; node < parents_.size(); ++node) {
      if (parents_[node] != kNone) {
        f(node, root(node));
      }
    }
  }

 private:
  static constexpr Node kNone = ~Node{0};
  bool add(Node node) {
    if (node >= parents_.size()) {
      parents_.resize(node + 1, kNone);
    }
    return parents_[node] == kNone && (parents_[node] = node, true);
  }
  Node root(Node node) {
    while (parents_[node] != node) {
      node = parents_[node] = parents_[parents_[node]];
    }
    return node;
  }

  std::vector<Node> parents_;
};

// Joins the edges of a batch and calls news(edge) for each that told something new.
template <class News>
void join_all(Forest& forest, const Input<Edge>& input, std::vector<Edge>& block, News&& news) {
  constexpr std::size_t kAhead = 16;
  input.for_each_block(block, [&](std::span<const Edge> edges) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
      forest.fetch(edges[std::min(i + kAhead, edges.size() - 1)]);
      if (forest.join(edges[i])) {
        news(edges[i]);
      }
    }
  });
}

// Passes on the edges that say something new: at most two a node.
class Thin final : public Unary<Edge, Edge> {
 public:
  static constexpr Interest kInterest = Interest::never;
  void on_batch(const Input<Edge>& input, Output<Edge>& output) override {
    auto session = output.session();
    join_all(forest_, input, block_, [&](const Edge& edge) { session.give(edge); });
  }

 private:
  Forest forest_;
  std::vector<Edge> block_;
};

// The least node of each node's component, when all edges are there.
class Components final : public Unary<Edge, Label> {
 public:
  void on_batch(const Input<Edge>& input, Output<Label>& output) override {
    if (!notify_pending(input.time())) {
      notify_at(output.retain());
    }
    join_all(forest_, input, block_, [](const Edge&) {});
  }
  void on_notify(Capability at, Output<Label>& output) override {
    auto session = output.session(at);
    forest_.for_each([&](Node node, Node root) { session.give({node, root}); });
  }

 private:
  Forest forest_;
  std::vector<Edge> block_;
};

// As other systems do it: each worker joins the edges that it has; what is left goes to one.
base::Result<Sample> union_find(std::uint32_t workers, Size size) {
  const auto [count, sum] = components(size);
  auto totals = std::make_shared<Totals>();
  return checked(run_timed(workers, size.edges,
                           [&](Scope& scope) {
                             add_up(edges_of(scope, size)
                                        .boundary()
                                        .apply<Thin>("thin")
                                        .exchange([](const Edge&) { return std::uint64_t{0}; })
                                        .apply<Components>("components"),
                                    totals, [](const Label& l) { return l.label; });
                           }),
                 *totals, count, sum);
}

base::Result<Sample> pagerank(std::uint32_t workers, Size size) {
  auto totals = std::make_shared<Totals>();
  base::Result<Sample> sample = run_timed(workers, size.edges * 20, [&](Scope& scope) {
    const auto edges = edges_of(scope, size);
    // In parts of 10^12, so that ranks that add up to one can be told from others.
    add_up(graph::pagerank(scope, graph::nodes_of(edges), edges, 20), totals,
           [](const graph::Rank& r) { return static_cast<std::uint64_t>(r.rank * 1e12); });
  });
  const std::uint64_t slack = 2 * size.nodes;
  if (sample.ok() &&
      (totals->sum > 1'000'000'000'000 + slack || totals->sum + slack < 1'000'000'000'000)) {
    return Status(base::Code::failed, "wrong result: the ranks do not add up to one");
  }
  return sample;
}

Sample map_baseline(std::uint32_t, std::uint64_t shrink) {
  return sample_of(map_loop(20'000'000 / shrink, 1'000'000));
}

template <class Run>
Workload graph_workload(std::string name, Size size, Run run) {
  return {std::move(name), Ratio::rate,
          [=](std::uint32_t workers, std::uint64_t shrink) {
            return run(workers, Size{size.nodes / shrink, size.edges / shrink});
          },
          map_baseline};
}

}  // namespace

std::vector<Workload> graph_workloads() {
  const Size large = {1'000'000, 10'000'000};
  return {graph_workload("bfs", large, bfs),
          graph_workload("pagerank_10k", {10'000, 100'000}, pagerank),
          graph_workload("pagerank_1m", large, pagerank),
          graph_workload("union_find", large, union_find)};
}

}  // namespace eagre::bench
