#include "examples/packages/dependency_graph.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace packages {
namespace {

// Numbers names in alphabetical order, from 0.
class Number final : public graph::OneEpoch<eagre::Unary<std::string, Name>> {
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
    for (graph::Node number = 0; number < names_.size(); ++number) {
      session.give({names_[number], number});
    }
  }

 private:
  std::vector<std::string> names_;
};

}  // namespace

// In names first, then in numbers.
DependencyGraph dependency_graph(const eagre::Stream<Package>& index) {
  using Link = std::pair<std::string, std::string>;
  const auto links = index.flat_map<Link>([](const Package& package, auto& give) {
    const auto link = [&](const std::string& to) { give({package.name, to}); };
    each_dependency(package.depends, link);
  });
  const auto names = index.map([](const Package& package) { return package.name; })
                         .concat(links.map([](const Link& link) { return link.second; }))
                         .distinct()
                         .gather()
                         .apply<Number>("number");
  const auto by_name = [](const Name& name) { return name.first; };
  using HalfLink = std::pair<graph::Node, std::string>;
  const auto edges = links.key_by([](const Link& link) { return link.first; })
                         .join(names.key_by(by_name),
                               [](const std::string&, const Link& link, const Name& from) {
                                 return HalfLink(from.second, link.second);
                               })
                         .key_by([](const HalfLink& link) { return link.second; })
                         .join(names.key_by(by_name),
                               [](const std::string&, const HalfLink& link, const Name& to) {
                                 return graph::Edge{link.first, to.second};
                               });
  const auto nodes = names.map([](const Name& name) { return name.second; });
  return {names, nodes, edges};
}

}  // namespace packages
