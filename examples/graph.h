// What the graph programs share: edges read from files, and the two operators that loops over
// graphs are made of.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/eagre.h"

namespace graph {

using Node = std::uint64_t;

struct Edge {
  Node from = 0;
  Node to = 0;
};

// A number that a node has, or is offered: a component's label, a distance.
struct Label {
  Node node = 0;
  std::uint64_t label = 0;
};

// Parses "u v": decimal, separated by blanks or tabs, further columns ignored; "#" begins a comment
// line. Empty lines are skipped.
struct ParseEdge {
  template <class Give>
  void operator()(std::string_view line, Give& give) const {
    std::string_view rest = line;
    skip_blanks(rest);
    if (rest.empty() || rest.front() == '#') {
      return;
    }
    Edge edge;
    if (!number(rest, edge.from) || !number(rest, edge.to)) {
      throw eagre::Malformed("not an edge (two decimal node ids)");
    }
    give(edge);
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
  static void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) {
      text.remove_prefix(1);
    }
  }
  // Takes one number and the blanks after it off the text.
  static bool number(std::string_view& text, Node& value) {
    const char* end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || (next != end && !is_blank(*next))) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(next - text.data()));
    skip_blanks(text);
    return true;
  }
};

// All edges at one epoch, when the last one has been read; until then they are what checkpoints
// keep.
inline eagre::Stream<Edge> read_edges(const eagre::Scope& scope, const std::string& path) {
  return eagre::read_lines<Edge>(scope, "edges", {path}, ParseEdge{}, {.epoch_lines = 10'000})
      .in_one_epoch();
}

// An operator whose whole input is at one epoch: it keeps nothing between epochs, where checkpoints
// are taken. Base: Unary or Binary.
template <class Base>
class OneEpoch : public Base {
 public:
  bool recovers() const final { return true; }
  bool rescales() const final { return true; }
};

// Every edge and its reverse.
inline eagre::Stream<Edge> both_ways(const eagre::Stream<Edge>& edges) {
  return edges.flat_map<Edge>([](const Edge& edge, auto& give) {
    give(edge);
    give({edge.to, edge.from});
  });
}

inline constexpr auto kNodeOf = [](const Label& label) { return label.node; };

// Keeps the least label that each node was offered, and passes on each improvement, once a round.
class KeepLeast final : public OneEpoch<eagre::Unary<Label, Label>> {
 public:
  void on_batch(const eagre::Input<Label>& input, eagre::Output<Label>& output) override {
    const auto [at, added] = offers_.try_emplace(input.time());
    if (added) {
      notify_at(output.retain());
    }
    Table& offers = at->second;
    input.for_each_block(
        block_, [&](std::span<const Label> labels) { keep(offers, labels, [](const Label&) {}); });
  }

  void on_notify(eagre::Capability at, eagre::Output<Label>& output) override {
    auto offers = std::move(offers_.extract(at.time()).mapped());
    std::vector<Label> least;
    offers.for_each([&](Node node, std::uint64_t label) { least.push_back({node, label}); });
    auto session = output.session(at);
    keep(best_, std::span<const Label>(least), [&](const Label& label) { session.give(label); });
  }

 private:
  using Table = eagre::KeyTable<Node, std::uint64_t>;

  // Keeps the least label of each node and calls improved(label) for each one that was less.
  template <class Improved>
  static void keep(Table& table, std::span<const Label> labels, Improved improved) {
    table.update(labels, kNodeOf, [&](const Label& label, Node, std::uint64_t& least, bool first) {
      if (first || label.label < least) {
        least = label.label;
        improved(label);
      }
    });
  }

  std::unordered_map<eagre::Time, Table> offers_;
  Table best_;
  std::vector<Label> block_;
};

// The neighbours of each node, side by side in one array: two passes over the edges, none of which
// allocates for a node.
class Neighbours {
 public:
  // Takes effect with build().
  void add(const eagre::Input<Edge>& edges) {
    edges.for_each_block(block_, [this](std::span<const Edge> block) {
      added_.insert(added_.end(), block.begin(), block.end());
    });
  }

  void build() {
    const std::span<const Edge> edges(added_);
    lists_.update(edges, kFrom, [](const Edge&, Node, List& list, bool) { ++list.added; });
    std::vector<Node> all(all_.size() + edges.size());
    std::uint64_t end = 0;
    lists_.for_each([&](Node, List& list) {
      std::copy_n(all_.begin() + static_cast<std::ptrdiff_t>(list.begin), list.size,
                  all.begin() + static_cast<std::ptrdiff_t>(end));
      list.begin = end;
      end += list.size + std::exchange(list.added, 0);
    });
    lists_.update(edges, kFrom, [&](const Edge& edge, Node, List& list, bool) {
      all[list.begin + list.size++] = edge.to;
    });
    all_ = std::move(all);
    added_ = {};
  }

  // Calls f(label, neighbours) for each label whose node has any.
  template <class F>
  void look_up(std::span<const Label> labels, F&& f) {
    lists_.look_up(labels, kNodeOf, [&](const Label& label, Node, const List* list) {
      if (list != nullptr) {
        f(label, std::span<const Node>(all_).subspan(list->begin, list->size));
      }
    });
  }

 private:
  static constexpr auto kFrom = [](const Edge& edge) { return edge.from; };
  struct List {
    std::uint64_t begin = 0;
    std::uint32_t size = 0;
    std::uint32_t added = 0;
  };

  eagre::KeyTable<Node, List> lists_;
  std::vector<Node> all_;
  std::vector<Edge> added_;
  std::vector<Edge> block_;
};

// Offers each improved label to the node's neighbours, `step` added to it. Edges come first: labels
// wait until all edges are there.
class Spread final : public OneEpoch<eagre::Binary<Edge, Label, Label>> {
 public:
  explicit Spread(std::uint64_t step) : step_(step) {}

  void on_left(const eagre::Input<Edge>& edges, eagre::Output<Label>& output) override {
    if (!edges_pending_) {
      edges_pending_ = true;
      notify_at(output.retain());
    }
    neighbours_.add(edges);
  }

  void on_right(const eagre::Input<Label>& labels, eagre::Output<Label>& output) override {
    if (!edges_pending_ && labels.time().last() == 0) {
      edges_pending_ = true;
      notify_at(output.retain());
    }
    if (edges_pending_) {
      for (const Label& label : labels) {
        waiting_.push_back(label);
      }
      return;
    }
    auto session = output.session();
    labels.for_each_block(labels_, [&](std::span<const Label> block) { offer(block, session); });
  }

  // The edges, and the labels of round 0, are complete.
  void on_notify(eagre::Capability at, eagre::Output<Label>& output) override {
    edges_pending_ = false;
    neighbours_.build();
    auto session = output.session(at);
    offer(std::span<const Label>(waiting_), session);
    waiting_.clear();
  }

 private:
  template <class Session>
  void offer(std::span<const Label> labels, Session& session) {
    neighbours_.look_up(labels, [&](const Label& label, std::span<const Node> to) {
      session.generate(to.size(), [&](std::size_t i) { return Label{to[i], label.label + step_}; });
    });
  }

  std::uint64_t step_;
  bool edges_pending_ = false;
  std::vector<Label> waiting_;
  Neighbours neighbours_;
  std::vector<Label> labels_;
};

// The least label that reaches each node when labels travel along the edges, `step` added with each
// edge, from the labels given at the start.
inline eagre::Stream<Label> spread_least(const eagre::Scope& scope,
                                         const eagre::Stream<Edge>& edges,
                                         const eagre::Stream<Label>& start, std::uint64_t step) {
  const eagre::Loop loop = scope.loop("spread");
  const eagre::LoopVariable<Label> offers(loop, "offers");
  const auto improved =
      loop.concat<Label>({start.exchange(kNodeOf).enter(loop), offers.stream().exchange(kNodeOf)})
          .apply<KeepLeast>("keep least");
  const auto entered = edges.exchange([](const Edge& edge) { return edge.from; }).enter(loop);
  offers.connect(entered.apply_with<Spread>(improved, "spread", step));
  return improved.leave()
      .key_by(kNodeOf)
      .reduce([](const Label& a, const Label& b) { return a.label < b.label ? a : b; })
      .map([](const std::pair<Node, Label>& least) { return least.second; });
}

}  // namespace graph
