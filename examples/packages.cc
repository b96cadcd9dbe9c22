// What a Debian package index says: the words its descriptions use most, how its dependency graph
// hangs together, and which packages the others rest on.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "package_index.h"
#include "pagerank.h"
#include "words.h"

namespace {

using graph::Edge;
using graph::Node;
using packages::Package;
using Count = std::pair<std::string, std::uint64_t>;
using Name = std::pair<std::string, Node>;

constexpr std::size_t kRows = 15;

// Numbers names in alphabetical order, from 0.
class Number final : public eagre::Unary<std::string, Name> {
 public:
  void on_batch(const eagre::Input<std::string>& input, eagre::Output<Name>& output) override {
    if (!notify_pending(input.time())) {
      notify_at(output.retain());
    }
    for (const std::string& name : input) {
      names_.push_back(name);
    }
  }
  void on_notify(eagre::Capability at, eagre::Output<Name>& output) override {
    std::sort(names_.begin(), names_.end());
    auto session = output.session(at);
    for (Node number = 0; number < names_.size(); ++number) {
      session.give({names_[number], number});
    }
  }

 private:
  std::vector<std::string> names_;
};

void write_words(const eagre::Scope& scope, const eagre::Stream<Package>& index) {
  scope.result("Most used words of the descriptions\n     times  word\n");
  const auto more = [](const Count& a, const Count& b) { return a.second > b.second; };
  index
      .flat_map<std::string>(
          [](const Package& package, auto& give) { words::Split{}(package.description, give); })
      .key_by([](const std::string& word) { return word; })
      .count()
      .top_k(kRows, more)
      .write(more, [](const Count& c) { return fmt::format("{:>10}  {}", c.second, c.first); });
}

void write_components(const eagre::Scope& scope, const eagre::Stream<Node>& nodes,
                      const eagre::Stream<Edge>& edges) {
  using Sizes = std::pair<std::uint64_t, std::uint64_t>;
  scope.result("\nWeakly connected components of the dependency graph\n  packages  components\n");
  const auto larger = [](const Sizes& a, const Sizes& b) { return a.first > b.first; };
  graph::spread_least(scope, graph::both_ways(edges), nodes.map([](const Node& node) {
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

void write_ranks(const eagre::Scope& scope, const eagre::Stream<Name>& names,
                 const eagre::Stream<Node>& nodes, const eagre::Stream<Edge>& edges,
                 std::uint64_t iterations) {
  using Ranked = std::pair<std::string, double>;
  scope.result(
      fmt::format("\nPackages that others rest on (PageRank, {} iterations)\n      rank  package\n",
                  iterations));
  const auto higher = [](const graph::Rank& a, const graph::Rank& b) { return a.rank > b.rank; };
  graph::pagerank(scope, nodes, edges, iterations)
      .top_k(kRows, higher)
      .key_by([](const graph::Rank& rank) { return rank.node; })
      .join(names.key_by([](const Name& name) { return name.second; }),
            [](const Node&, const graph::Rank& rank, const Name& name) {
              return Ranked(name.first, rank.rank);
            })
      .write([](const Ranked& a, const Ranked& b) { return a.second > b.second; },
             [](const Ranked& r) { return fmt::format("{:>10.6f}  {}", r.second, r.first); });
}

void define(eagre::Scope& scope, const std::string& path, std::uint64_t iterations,
            std::atomic<std::uint64_t>& records) {
  const auto index = packages::read_index(scope, path).inspect([&records](const Package&) {
    records.fetch_add(1, std::memory_order_relaxed);
  });
  write_words(scope, index);

  // The graph in names, then in numbers.
  using Link = std::pair<std::string, std::string>;
  const auto links = index.flat_map<Link>([](const Package& package, auto& give) {
    const auto link = [&](const std::string& to) { give({package.name, to}); };
    packages::each_dependency(package.depends, link);
  });
  const auto names = index.map([](const Package& package) { return package.name; })
                         .concat(links.map([](const Link& link) { return link.second; }))
                         .distinct()
                         .gather()
                         .apply<Number>("number");
  const auto by_name = [](const Name& name) { return name.first; };
  using HalfLink = std::pair<Node, std::string>;
  const auto edges = links.key_by([](const Link& link) { return link.first; })
                         .join(names.key_by(by_name),
                               [](const std::string&, const Link& link, const Name& from) {
                                 return HalfLink(from.second, link.second);
                               })
                         .key_by([](const HalfLink& link) { return link.second; })
                         .join(names.key_by(by_name),
                               [](const std::string&, const HalfLink& link, const Name& to) {
                                 return Edge{link.first, to.second};
                               });
  const auto nodes = names.map([](const Name& name) { return name.second; });
  write_components(scope, nodes, edges);
  write_ranks(scope, names, nodes, edges, iterations);
}

}  // namespace

int main(int argc, char** argv) {
  eagre::Command command("packages", "Words, components and PageRank of a Debian package index.");
  std::uint64_t iterations = 20;
  std::string path;
  command.line().option("--iterations", iterations, "of PageRank");
  command.line().argument("INDEX", path, "what `apt-cache dumpavail` printed, or - for stdin");
  std::atomic<std::uint64_t> records{0};
  const auto start = std::chrono::steady_clock::now();
  const int code = command.execute(
      argc, argv, [&](eagre::Scope& scope) { define(scope, path, iterations, records); });
  if (code == 0 && records != 0) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print(stderr, "{} packages in {:.2f} s, {:.0f} packages/s\n", records.load(),
               seconds.count(), static_cast<double>(records.load()) / seconds.count());
  }
  return code;
}
