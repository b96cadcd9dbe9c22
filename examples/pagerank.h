// PageRank as a loop: damping 0.85, uniform start, the mass of dangling nodes spread evenly. All
// sums are exact (FixedSum), so that ranks do not depend on workers or schedule.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph.h"

namespace graph {

struct Rank {
  Node node = 0;
  double rank = 0;
};

namespace detail {

enum class Kind : std::uint64_t {
  edge,      // node leads to `to`
  node,      // node is in the graph
  total,     // the graph has `to` nodes
  share,     // node gets `mass` of its neighbours' rank
  dangling,  // `mass` is shared by all nodes
  rank,      // the result
};

// What travels in the loop: to one node's worker, or to all.
struct Message {
  Kind kind = Kind::node;
  Node node = 0;
  Node to = 0;
  eagre::FixedSum mass;
};

// Ranks the nodes that a worker owns, one iteration a round.
class RankNodes final : public OneEpoch<eagre::Unary<Message, Message>> {
 public:
  explicit RankNodes(std::uint64_t iterations) : iterations_(iterations) {}

  void on_batch(const eagre::Input<Message>& input, eagre::Output<Message>& output) override {
    const std::uint64_t round = input.time().last();
    if (!notify_pending(input.time())) {
      notify_at(output.retain());
    }
    for (const Message& message : input) {
      switch (message.kind) {
        case Kind::edge:
          nodes_[message.node].neighbours.push_back(message.to);
          break;
        case Kind::node:
          nodes_[message.node];
          break;
        case Kind::total:
          total_ = static_cast<double>(message.to);
          break;
        case Kind::share:
          arrived_[round].shares[message.node].merge(message.mass);
          break;
        case Kind::dangling:
          arrived_[round].dangling.merge(message.mass);
          break;
        case Kind::rank:
          break;
      }
    }
  }

  void on_notify(eagre::Capability at, eagre::Output<Message>& output) override {
    const std::uint64_t round = at.time().last();
    update(round);
    auto session = output.session(at);
    if (round == iterations_) {
      for (const auto& [node, state] : nodes_) {
        eagre::FixedSum rank;
        rank.add(state.rank);
        session.give({Kind::rank, node, 0, rank});
      }
      return;
    }
    std::unordered_map<Node, eagre::FixedSum> shares;
    eagre::FixedSum dangling;
    for (const auto& [node, state] : nodes_) {
      if (state.neighbours.empty()) {
        dangling.add(state.rank);
        continue;
      }
      const double share = state.rank / static_cast<double>(state.neighbours.size());
      for (const Node neighbour : state.neighbours) {
        shares[neighbour].add(share);
      }
    }
    for (const auto& [node, mass] : shares) {
      session.give({Kind::share, node, 0, mass});
    }
    // Also when it is nothing: every worker hears of every round.
    session.give({Kind::dangling, 0, 0, dangling});
  }

 private:
  static constexpr double kDamping = 0.85;

  struct State {
    double rank = 0;
    std::vector<Node> neighbours;
  };
  struct Arrived {
    std::unordered_map<Node, eagre::FixedSum> shares;
    eagre::FixedSum dangling;
  };

  void update(std::uint64_t round) {
    if (round == 0) {
      for (auto& [node, state] : nodes_) {
        state.rank = 1 / total_;
      }
      return;
    }
    const Arrived arrived = std::move(arrived_.extract(round).mapped());
    const double base = (1 - kDamping) / total_ + kDamping * (arrived.dangling.value() / total_);
    for (auto& [node, state] : nodes_) {
      const auto share = arrived.shares.find(node);
      state.rank = base + (share == arrived.shares.end() ? 0 : kDamping * share->second.value());
    }
  }

  std::uint64_t iterations_;
  double total_ = 0;
  std::unordered_map<Node, State> nodes_;
  std::map<std::uint64_t, Arrived> arrived_;
};

}  // namespace detail

// The nodes at the ends of the edges, each once.
inline eagre::Stream<Node> nodes_of(const eagre::Stream<Edge>& edges) {
  return edges
      .flat_map<Node>([](const Edge& edge, auto& give) {
        give(edge.from);
        give(edge.to);
      })
      .distinct();
}

// The rank of each node after exactly `iterations` iterations. Every end of an edge must be among
// the nodes, each of which comes once; parallel edges and self-loops count as given.
inline eagre::Stream<Rank> pagerank(const eagre::Scope& scope, const eagre::Stream<Node>& nodes,
                                    const eagre::Stream<Edge>& edges, std::uint64_t iterations) {
  using detail::Kind;
  using detail::Message;
  const auto by_node = [](const Message& message) { return message.node; };
  const auto node_messages = nodes.map([](const Node& node) {
    return Message{Kind::node, node, 0, {}};
  });
  const auto total_messages = nodes.count().map([](const std::uint64_t& total) {
    return Message{Kind::total, 0, total, {}};
  });
  const auto edge_messages = edges.map([](const Edge& edge) {
    return Message{Kind::edge, edge.from, edge.to, {}};
  });

  const eagre::Loop loop = scope.loop("iterations");
  const eagre::LoopVariable<Message> mass(loop, "mass");
  const auto [to_nodes, to_all] =
      mass.stream().branch([](const Message& message) { return message.kind == Kind::dangling; });
  const auto ranked = loop.concat<Message>({edge_messages.exchange(by_node).enter(loop),
                                            node_messages.exchange(by_node).enter(loop),
                                            total_messages.broadcast().enter(loop),
                                            to_nodes.exchange(by_node), to_all.broadcast()})
                          .apply<detail::RankNodes>("rank nodes", iterations);
  const auto [next, results] =
      ranked.branch([](const Message& message) { return message.kind == Kind::rank; });
  mass.connect(next);
  return results.leave().map([](const Message& message) {
    return Rank{message.node, message.mass.value()};
  });
}

}  // namespace graph
