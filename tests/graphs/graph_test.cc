// The graph programs' loops on random graphs, in a plain loop with random orders, against answers
// recomputed from scratch (wrong results, results that depend on workers or schedule); and what
// travels: records on the feedback edge per round (a loop that is no loop, rounds that never stop),
// and edges per instance (one worker that holds the whole graph).
#include "examples/graph.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <utility>
#include <vector>

#include "examples/pagerank.h"
#include "runtime/api/plain_loop.h"
#include "runtime/base/random.h"
#include "runtime/data/batch_reader.h"

namespace {

using eagre::api::PlainLoop;
using graph::Edge;
using graph::Label;
using graph::Node;
using Labels = std::map<Node, std::uint64_t>;

std::vector<Edge> random_graph(std::uint64_t seed, std::uint64_t nodes, std::uint64_t edges) {
  eagre::base::Random random(seed);
  std::vector<Edge> graph;
  for (std::uint64_t i = 0; i < edges; ++i) {
    graph.push_back({random.below(nodes), random.below(nodes)});
  }
  return graph;
}

std::vector<Edge> with_reverse(const std::vector<Edge>& edges) {
  std::vector<Edge> all = edges;
  for (const Edge& edge : edges) {
    all.push_back({edge.to, edge.from});
  }
  return all;
}

Labels distances(const std::vector<Edge>& edges, Node source) {
  std::multimap<Node, Node> neighbours;
  for (const Edge& edge : edges) {
    neighbours.emplace(edge.from, edge.to);
  }
  Labels labels = {{source, 0}};
  std::queue<Node> queue({source});
  while (!queue.empty()) {
    const Node node = queue.front();
    queue.pop();
    const auto [begin, end] = neighbours.equal_range(node);
    for (auto it = begin; it != end; ++it) {
      if (labels.try_emplace(it->second, labels[node] + 1).second) {
        queue.push(it->second);
      }
    }
  }
  return labels;
}

Labels components(const std::vector<Edge>& edges) {
  Labels labels;
  const std::vector<Edge> both = with_reverse(edges);
  for (const Edge& edge : both) {
    if (!labels.contains(edge.from)) {
      // Nodes come in any order, so the least id of a component is known only at its end.
      const Labels reached = distances(both, edge.from);
      for (const auto& [node, distance] : reached) {
        labels[node] = reached.begin()->first;
      }
    }
  }
  return labels;
}

// How many labels are offered in each round when every node starts with its own id, and offers each
// label that is less than all before it to its neighbours.
std::map<std::uint64_t, std::uint64_t> offers_by_round(const std::vector<Edge>& edges) {
  std::map<std::uint64_t, std::uint64_t> offered;
  Labels best;
  Labels improved;
  for (const Edge& edge : edges) {
    improved[edge.from] = edge.from;
  }
  for (std::uint64_t round = 0; !improved.empty(); ++round) {
    for (const auto& [node, label] : improved) {
      best[node] = label;
    }
    Labels next;
    for (const Edge& edge : edges) {
      if (const auto from = improved.find(edge.from); from != improved.end()) {
        ++offered[round];
        if (from->second < best.at(edge.to)) {
          const auto [to, added] = next.try_emplace(edge.to, from->second);
          to->second = std::min(to->second, from->second);
        }
      }
    }
    improved = std::move(next);
  }
  return offered;
}

std::map<Node, double> ranks(const std::vector<Edge>& edges, std::uint64_t iterations) {
  std::map<Node, double> rank;
  std::map<Node, double> degree;
  for (const Edge& edge : edges) {
    rank[edge.from];
    rank[edge.to];
    degree[edge.from] += 1;
  }
  const double total = static_cast<double>(rank.size());
  for (auto& [node, value] : rank) {
    value = 1 / total;
  }
  for (std::uint64_t i = 0; i < iterations; ++i) {
    std::map<Node, double> next;
    double dangling = 0;
    for (const auto& [node, value] : rank) {
      next[node];
      dangling += degree.contains(node) ? 0 : value;
    }
    for (const Edge& edge : edges) {
      next[edge.to] += rank[edge.from] / degree[edge.from];
    }
    for (auto& [node, value] : next) {
      value = 0.15 / total + 0.85 * (value + dangling / total);
    }
    rank = std::move(next);
  }
  return rank;
}

// Counts what arrives, by channel: records by round, and by worker.
class Traffic final : public eagre::api::LoopObserver {
 public:
  eagre::api::Fate data(std::uint32_t channel, std::uint32_t worker,
                        eagre::data::Batch& batch) override {
    by_round_[channel][batch.time().last()] += batch.count();
    by_worker_[channel][worker] += batch.count();
    return eagre::api::Fate::arrives;
  }
  const std::map<std::uint64_t, std::uint64_t>& rounds(std::uint32_t channel) {
    return by_round_[channel];
  }
  const std::map<std::uint32_t, std::uint64_t>& workers(std::uint32_t channel) {
    return by_worker_[channel];
  }

 private:
  std::map<std::uint32_t, std::map<std::uint64_t, std::uint64_t>> by_round_;
  std::map<std::uint32_t, std::map<std::uint32_t, std::uint64_t>> by_worker_;
};

// Counts the edges among the messages that arrive at the instances of "rank nodes".
class EdgesAtRankNodes final : public eagre::api::LoopObserver {
 public:
  eagre::api::Fate data(std::uint32_t channel, std::uint32_t worker,
                        eagre::data::Batch& batch) override {
    if (channel == into_rank_nodes) {
      eagre::data::BatchReader<graph::detail::Message>(batch).for_each(
          [&](const graph::detail::Message& message) {
            by_worker[worker] += message.kind == graph::detail::Kind::edge ? 1 : 0;
          });
    }
    return eagre::api::Fate::arrives;
  }

  std::uint32_t into_rank_nodes = 0;
  std::map<std::uint32_t, std::uint64_t> by_worker;
};

struct Outcome {
  Labels labels;
  // Records on the edge that closes the loop, by round.
  std::map<std::uint64_t, std::uint64_t> fed_back;
  // Edges that each worker's "spread" received.
  std::map<std::uint32_t, std::uint64_t> edges_at;
};

std::uint32_t channel_into(const eagre::plan::Plan& plan, const std::string& name) {
  for (std::uint32_t channel = 0; channel < plan.edges.size(); ++channel) {
    if (plan.nodes[plan.edges[channel].to].name == name) {
      return channel;
    }
  }
  FAIL("the plan has no edge into " << name);
  return 0;
}

Outcome spread(const std::vector<Edge>& edges, const std::vector<Label>& start, std::uint64_t step,
               std::uint32_t workers, std::uint64_t seed, std::size_t batch_bytes) {
  std::shared_ptr<std::vector<Label>> collected;
  eagre::api::Program program = eagre::api::build([&](eagre::Scope& scope) {
    collected = graph::spread_least(scope, scope.to_stream(edges, "edges"),
                                    scope.to_stream(start, "start"), step)
                    .collect();
  });
  const std::uint32_t feedback = channel_into(program.plan, "offers");
  const std::uint32_t into_spread = channel_into(program.plan, "spread");
  Traffic traffic;
  PlainLoop loop(std::move(program),
                 {.run = {.workers = workers, .batch_bytes = batch_bytes}, .seed = seed}, &traffic);
  const eagre::Status status = loop.run();
  INFO(status.message());
  REQUIRE(status.ok());
  Outcome outcome;
  for (const Label& label : *collected) {
    CHECK(outcome.labels.emplace(label.node, label.label).second);
  }
  outcome.fed_back = traffic.rounds(feedback);
  outcome.edges_at = traffic.workers(into_spread);
  return outcome;
}

}  // namespace

TEST_CASE("breadth-first search finds the distances of a recomputation, whatever the schedule") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::vector<Edge> edges = random_graph(seed, 60, 40 + seed * 10);
    const Node source = edges.front().from;
    const Labels expected = distances(edges, source);
    std::map<std::uint64_t, std::uint64_t> fed_back;
    for (const std::uint32_t workers : {1U, 2U, 3U, 4U}) {
      INFO("seed " << seed << ", workers " << workers);
      const Outcome outcome =
          spread(edges, {{source, 0}}, 1, workers, seed * 100 + workers, workers == 3 ? 1 : 65536);
      CHECK(outcome.labels == expected);
      // The loop's traffic is a fact of the graph, too.
      if (workers == 1) {
        fed_back = outcome.fed_back;
      }
      CHECK(outcome.fed_back == fed_back);
    }
    // In round r the out-edges of the nodes at distance r are offered.
    std::map<std::uint64_t, std::uint64_t> offered;
    for (const Edge& edge : edges) {
      if (const auto from = expected.find(edge.from); from != expected.end()) {
        ++offered[from->second];
      }
    }
    CHECK(fed_back == offered);
  }
}

TEST_CASE("components are those of a recomputation, whatever the schedule") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::vector<Edge> edges = random_graph(seed, 80, 20 + seed * 5);
    const std::vector<Edge> both = with_reverse(edges);
    std::vector<Label> own;
    own.reserve(both.size());
    for (const Edge& edge : both) {
      own.push_back({edge.from, edge.from});
    }
    const std::map<std::uint64_t, std::uint64_t> offered = offers_by_round(both);
    for (const std::uint32_t workers : {1U, 2U, 3U, 4U}) {
      INFO("seed " << seed << ", workers " << workers);
      const Outcome outcome = spread(both, own, 0, workers, seed, workers == 3 ? 1 : 65536);
      CHECK(outcome.labels == components(edges));
      CHECK(outcome.fed_back == offered);
    }
  }
}

TEST_CASE("no worker holds the whole graph when there are two") {
  const std::vector<Edge> edges = random_graph(5, 200, 1000);
  const Outcome outcome = spread(edges, {{edges.front().from, 0}}, 1, 2, 1, 65536);
  REQUIRE(outcome.edges_at.size() == 2);
  for (const auto& [worker, count] : outcome.edges_at) {
    CHECK(count < edges.size() * 7 / 10);
  }
  CHECK(outcome.edges_at.at(0) + outcome.edges_at.at(1) == edges.size());

  eagre::api::Program program = eagre::api::build([&](eagre::Scope& scope) {
    const auto stream = scope.to_stream(edges, "edges");
    graph::pagerank(scope, graph::nodes_of(stream), stream, 2).collect();
  });
  EdgesAtRankNodes arrived;
  arrived.into_rank_nodes = channel_into(program.plan, "rank nodes");
  PlainLoop loop(std::move(program), {.run = {.workers = 2}, .seed = 1}, &arrived);
  REQUIRE(loop.run().ok());
  for (const std::uint32_t worker : {0U, 1U}) {
    CHECK(arrived.by_worker[worker] < edges.size() * 7 / 10);
  }
  CHECK(arrived.by_worker[0] + arrived.by_worker[1] == edges.size());
}

TEST_CASE("ranks are those of a recomputation, and the same to the last bit on any schedule") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const std::vector<Edge> edges = random_graph(seed, 40, 20 + seed * 20);
    const std::map<Node, double> expected = ranks(edges, 20);
    std::map<Node, double> first;
    for (const std::uint32_t workers : {1U, 2U, 3U, 4U}) {
      INFO("seed " << seed << ", workers " << workers);
      std::shared_ptr<std::vector<graph::Rank>> collected;
      eagre::api::Program program = eagre::api::build([&](eagre::Scope& scope) {
        const auto stream = scope.to_stream(edges, "edges");
        collected = graph::pagerank(scope, graph::nodes_of(stream), stream, 20).collect();
      });
      const std::uint32_t feedback = channel_into(program.plan, "mass");
      Traffic traffic;
      PlainLoop loop(std::move(program),
                     {.run = {.workers = workers, .batch_bytes = workers == 3 ? 1U : 65536U},
                      .seed = seed + workers},
                     &traffic);
      REQUIRE(loop.run().ok());
      std::map<Node, double> actual;
      for (const graph::Rank& rank : *collected) {
        CHECK(actual.emplace(rank.node, rank.rank).second);
      }
      REQUIRE(actual.size() == expected.size());
      for (const auto& [node, rank] : expected) {
        CHECK(std::abs(actual.at(node) - rank) < 1e-12);
      }
      if (workers == 1) {
        first = actual;
      }
      CHECK(actual == first);
      // Twenty iterations are twenty rounds of the loop, no more.
      CHECK(traffic.rounds(feedback).size() == 20);
      CHECK(traffic.rounds(feedback).rbegin()->first == 19);
    }
  }
}

TEST_CASE("the plans of the graph programs show the edge that closes the loop") {
  const eagre::api::Program program = eagre::api::build([](eagre::Scope& scope) {
    const auto edges = scope.to_stream<Edge>({{1, 2}}, "edges");
    graph::pagerank(scope, graph::nodes_of(edges), edges, 2).collect();
    graph::spread_least(scope, edges, scope.to_stream<Label>({{1, 0}}, "start"), 1).collect();
  });
  const auto closing = std::count_if(
      program.plan.edges.begin(), program.plan.edges.end(),
      [&](const eagre::plan::Edge& edge) { return program.plan.nodes[edge.to].feedback; });
  CHECK(closing == 2);
}
