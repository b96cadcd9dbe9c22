// PageRank as a loop: damping 0.85, uniform start, the mass of dangling nodes spread evenly. All
// sums are exact (FixedSum), so that ranks do not depend on workers or schedule.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
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

// Numbers nodes from 0, in the order in which they come.
class Numbering {
 public:
  std::size_t size() const { return nodes_.size(); }
  Node node(std::size_t number) const { return nodes_[number]; }

  // Calls f(record, number) for each record: the number of its node, which gets one if it has none.
  template <class T, class NodeOf, class F>
  void number(std::span<const T> records, NodeOf& node_of, F&& f) {
    numbers_.update(records, node_of,
                    [&](const T& record, Node node, std::size_t& number, bool first) {
                      if (first) {
                        number = nodes_.size();
                        nodes_.push_back(node);
                      }
                      f(record, number);
                    });
  }

  // Calls f(record, number) for each record whose node has a number.
  template <class T, class NodeOf, class F>
  void look_up(std::span<const T> records, NodeOf& node_of, F&& f) {
    numbers_.look_up(records, node_of, [&](const T& record, Node, const std::size_t* number) {
      if (number != nullptr) {
        f(record, *number);
      }
    });
  }

 private:
  eagre::KeyTable<Node, std::size_t> numbers_;
  std::vector<Node> nodes_;
};

// The edges out of the nodes that a worker owns, by where they lead. Owned nodes have numbers from
// 0; so have targets, the nodes that the edges lead to, whoever owns these.
class Links {
 public:
  // Both take effect with build().
  void add_node(Node node) { added_nodes_.push_back(node); }
  void add_edge(const Edge& edge) { added_edges_.push_back(edge); }

  // Once, when all nodes and edges have been added.
  void build() {
    owned_.number(std::span<const Node>(added_nodes_), kSelf, [](Node, std::size_t) {});
    std::vector<std::pair<std::size_t, std::size_t>> links;  // An owned node and a target.
    links.reserve(added_edges_.size());
    const std::span<const Edge> edges(added_edges_);
    owned_.number(edges, kFrom,
                  [&](const Edge&, std::size_t from) { links.emplace_back(from, 0); });
    auto link = links.begin();
    targets_.number(edges, kTo, [&](const Edge&, std::size_t to) { (link++)->second = to; });
    added_nodes_ = {};
    added_edges_ = {};

    degrees_.assign(owned_.size(), 0);
    // First the number of each target's links, then where they begin, at last where they end.
    ends_.assign(targets_.size() + 1, 0);
    for (const auto& [from, to] : links) {
      ++degrees_[from];
      ++ends_[to + 1];
    }
    std::partial_sum(ends_.begin(), ends_.end(), ends_.begin());
    from_.resize(links.size());
    for (const auto& [from, to] : links) {
      from_[ends_[to]++] = from;
    }
  }

  Numbering& owned() { return owned_; }
  const Numbering& targets() const { return targets_; }
  // How many edges leave an owned node.
  std::size_t degree(std::size_t owned) const { return degrees_[owned]; }
  // The sum of what the owned nodes give along their edges to a target.
  eagre::FixedSum sum_at(std::size_t target, std::span<const eagre::FixedSum> given) const {
    constexpr std::size_t kAhead = 32;
    eagre::FixedSum sum;
    for (std::size_t i = target == 0 ? 0 : ends_[target - 1]; i < ends_[target]; ++i) {
      // They lie anywhere: those of the next targets are on their way while these are added.
      __builtin_prefetch(&given[from_[std::min(i + kAhead, from_.size() - 1)]]);
      sum.merge(given[from_[i]]);
    }
    return sum;
  }

 private:
  static constexpr auto kSelf = [](const Node& node) { return node; };
  static constexpr auto kFrom = [](const Edge& edge) { return edge.from; };
  static constexpr auto kTo = [](const Edge& edge) { return edge.to; };

  std::vector<Node> added_nodes_;
  std::vector<Edge> added_edges_;
  Numbering owned_;
  Numbering targets_;
  std::vector<std::size_t> degrees_;  // By owned node.
  std::vector<std::size_t> ends_;     // By target.
  std::vector<std::size_t> from_;
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
          links_.add_edge({message.node, message.to});
          break;
        case Kind::node:
          links_.add_node(message.node);
          break;
        case Kind::total:
          total_ = static_cast<double>(message.to);
          break;
        case Kind::share:
          shares_.push_back(message);
          break;
        case Kind::dangling:
          arrived_[round].dangling.merge(message.mass);
          break;
        case Kind::rank:
          break;
      }
    }
    take_shares(round);
  }

  void on_notify(eagre::Capability at, eagre::Output<Message>& output) override {
    const std::uint64_t round = at.time().last();
    update(round);
    auto session = output.session(at);
    if (round == iterations_) {
      session.generate(ranks_.size(), [&](std::size_t i) {
        eagre::FixedSum rank;
        rank.add(ranks_[i]);
        return Message{Kind::rank, links_.owned().node(i), 0, rank};
      });
      return;
    }
    // What each owned node gives along each of its edges.
    std::vector<eagre::FixedSum> shares(ranks_.size());
    eagre::FixedSum dangling;
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
      const std::size_t degree = links_.degree(i);
      if (degree == 0) {
        dangling.add(ranks_[i]);
      } else {
        shares[i].add(ranks_[i] / static_cast<double>(degree));
      }
    }
    session.generate(links_.targets().size(), [&](std::size_t target) {
      return Message{Kind::share, links_.targets().node(target), 0, links_.sum_at(target, shares)};
    });
    // Also when it is nothing: every worker hears of every round.
    session.give({Kind::dangling, 0, 0, dangling});
  }

 private:
  static constexpr double kDamping = 0.85;
  static constexpr auto kNode = [](const Message& message) { return message.node; };

  // What came for a round.
  struct Arrived {
    std::vector<eagre::FixedSum> shares;  // By the number of the owned node.
    eagre::FixedSum dangling;
  };

  // Adds up the shares of a batch. Those of round 1 come when all of round 0, the graph, is there.
  void take_shares(std::uint64_t round) {
    if (shares_.empty()) {
      return;
    }
    build();
    Arrived& arrived = arrived_[round];
    arrived.shares.resize(links_.owned().size());
    links_.owned().look_up(std::span<const Message>(shares_), kNode,
                           [&](const Message& message, std::size_t node) {
                             arrived.shares[node].merge(message.mass);
                           });
    shares_.clear();
  }

  void build() {
    if (ranks_.empty()) {
      links_.build();
      ranks_.assign(links_.owned().size(), 1 / total_);
    }
  }

  void update(std::uint64_t round) {
    build();
    if (round == 0) {
      return;
    }
    Arrived arrived = std::move(arrived_.extract(round).mapped());
    arrived.shares.resize(ranks_.size());
    const double base = (1 - kDamping) / total_ + kDamping * (arrived.dangling.value() / total_);
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
      ranks_[i] = base + kDamping * arrived.shares[i].value();
    }
  }

  std::uint64_t iterations_;
  double total_ = 0;
  Links links_;
  std::vector<double> ranks_;  // By the number of the owned node.
  std::vector<Message> shares_;
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
