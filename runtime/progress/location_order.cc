#include "runtime/progress/location_order.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/progress/topology.h"

namespace eagre::progress {

namespace {

// The collapsed graphs of all scopes side by side. Items are the ports, then the scopes; every path
// belongs to the innermost scope that holds both its ends, and leads between two of its items.
class Collapsed {
 public:
  explicit Collapsed(const Topology& topology) : topology_(topology) {
    for (const std::vector<Path>* paths : {&topology.internals(), &topology.edges()}) {
      for (const Path& path : *paths) {
        add(path);
      }
    }
  }

  std::size_t items() const { return topology_.locations() + topology_.scopes().size(); }
  std::size_t scope_item(ScopeId scope) const { return topology_.locations() + scope.value(); }

  // Ranks of all items, or fewer if there is a cycle among the rest (which keep kUnranked).
  static constexpr std::uint32_t kUnranked = ~std::uint32_t{0};
  std::vector<std::uint32_t> rank() const {
    std::vector<std::vector<std::uint32_t>> next(items());
    std::vector<std::uint32_t> waiting(items(), 0);
    for (const Step& step : steps_) {
      next[step.from].push_back(step.to);
      ++waiting[step.to];
    }
    std::vector<std::uint32_t> ranks(items(), kUnranked);
    std::vector<std::uint32_t> ready;
    for (std::size_t i = 0; i < items(); ++i) {
      if (waiting[i] == 0) {
        ready.push_back(static_cast<std::uint32_t>(i));
      }
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
      ranks[ready[i]] = static_cast<std::uint32_t>(i);
      for (std::uint32_t to : next[ready[i]]) {
        if (--waiting[to] == 0) {
          ready.push_back(to);
        }
      }
    }
    return ranks;
  }

  base::Status explain_cycle(const std::vector<std::uint32_t>& ranks) const;

 private:
  struct Step {
    std::uint32_t from;
    std::uint32_t to;
    const Path* path;
    ScopeId scope;
  };

  std::uint32_t item(Location location, ScopeId within) const {
    ScopeId scope = topology_.scope_of(location);
    if (scope == within) {
      return location.value();
    }
    while (topology_.scope(scope).parent != within) {
      scope = topology_.scope(scope).parent;
    }
    return static_cast<std::uint32_t>(scope_item(scope));
  }

  void add(const Path& path) {
    const ScopeId shared =
        topology_.common_scope(topology_.scope_of(path.from), topology_.scope_of(path.to));
    if (path.summary.adds_within(topology_.scope(shared).coordinates)) {
      return;
    }
    steps_.push_back(Step{item(path.from, shared), item(path.to, shared), &path, shared});
  }

  std::vector<Location> way_back(Location from, Location to, ScopeId within) const;
  std::string name(std::uint32_t item) const {
    if (item < topology_.locations()) {
      return topology_.node(topology_.ports()[item].node).name;
    }
    return "scope " + topology_.scopes()[item - topology_.locations()].name;
  }

  const Topology& topology_;
  std::vector<Step> steps_;
};

// A walk from `from` to `to` that never leaves `within` nor adds to its coordinates; empty if there
// is none.
std::vector<Location> Collapsed::way_back(Location from, Location to, ScopeId within) const {
  std::vector<std::optional<Location>> came(topology_.locations());
  std::vector<Location> seen{from};
  came[from.value()] = from;
  const std::size_t coordinates = topology_.scope(within).coordinates;
  std::vector<std::vector<Location>> next(topology_.locations());
  for (const std::vector<Path>* paths : {&topology_.internals(), &topology_.edges()}) {
    for (const Path& path : *paths) {
      const ScopeId shared =
          topology_.common_scope(topology_.scope_of(path.from), topology_.scope_of(path.to));
      if (topology_.common_scope(shared, within) != within) {
        continue;
      }
      if (path.summary.adds_within(coordinates)) {
        continue;
      }
      next[path.from.value()].push_back(path.to);
    }
  }
  for (std::size_t i = 0; i < seen.size() && !came[to.value()]; ++i) {
    for (Location l : next[seen[i].value()]) {
      if (came[l.value()]) {
        continue;
      }
      came[l.value()] = seen[i];
      seen.push_back(l);
    }
  }
  if (!came[to.value()]) {
    return {};
  }
  std::vector<Location> way{to};
  while (way.back() != from) {
    way.push_back(*came[way.back().value()]);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

// "a -> b -> a": consecutive repetitions (the ports of one node) said once, the first said again.
std::string cycle_text(std::vector<std::string> names) {
  names.erase(std::unique(names.begin(), names.end()), names.end());
  while (names.size() > 1 && names.back() == names.front()) {
    names.pop_back();
  }
  std::string text;
  for (const std::string& name : names) {
    text += name + " -> ";
  }
  return text + names.front();
}

base::Status Collapsed::explain_cycle(const std::vector<std::uint32_t>& ranks) const {
  // Every unranked item has an unranked one before it: going back ends in a cycle.
  std::vector<const Step*> before(items(), nullptr);
  for (const Step& step : steps_) {
    if (ranks[step.from] == kUnranked && ranks[step.to] == kUnranked) {
      before[step.to] = &step;
    }
  }
  std::uint32_t at = 0;
  while (ranks[at] != kUnranked) {
    ++at;
  }
  std::vector<bool> passed(items(), false);
  while (!passed[at]) {
    passed[at] = true;
    at = before[at]->from;
  }
  const ScopeId scope = before[at]->scope;
  const auto refuse = [](std::string text) {
    return base::Status(base::Code::refused, std::move(text));
  };

  // Is there a real cycle, port by port, or only one of the collapsed scopes?
  for (const Step& step : steps_) {
    if (step.scope != scope || ranks[step.from] != kUnranked || ranks[step.to] != kUnranked) {
      continue;
    }
    const std::vector<Location> way = way_back(step.path->to, step.path->from, scope);
    if (way.empty()) {
      continue;
    }
    std::vector<std::string> names;
    names.reserve(way.size());
    for (Location l : way) {
      names.push_back(name(l.value()));
    }
    return refuse("cycle does not advance time: " + cycle_text(std::move(names)) +
                  "; give one of them a feedback or delay");
  }
  std::vector<std::string> names;
  const std::uint32_t first = at;
  std::string reentered;
  do {
    names.push_back(name(at));
    if (at >= topology_.locations()) {
      reentered = topology_.scopes()[at - topology_.locations()].name;
    }
    at = before[at]->from;
  } while (at != first);
  std::reverse(names.begin(), names.end());
  return refuse("scope \"" + reentered +
                "\" is left and entered again without advancing a coordinate outside of it: " +
                cycle_text(std::move(names)) +
                "; split the scope, or give the way back a feedback or delay");
}

}  // namespace

base::Result<LocationOrder> LocationOrder::of(const Topology& topology) {
  const Collapsed collapsed(topology);
  const std::vector<std::uint32_t> ranks = collapsed.rank();
  if (std::find(ranks.begin(), ranks.end(), Collapsed::kUnranked) != ranks.end()) {
    return collapsed.explain_cycle(ranks);
  }
  LocationOrder order;
  for (const Scope& scope : topology.scopes()) {
    order.levels_ = std::max<std::size_t>(order.levels_, scope.coordinates);
  }
  order.ranks_.assign(topology.locations() * order.levels_, 0);
  for (std::size_t l = 0; l < topology.locations(); ++l) {
    std::uint32_t* out = &order.ranks_[l * order.levels_];
    ScopeId scope = topology.scope_of(Location(static_cast<std::uint32_t>(l)));
    out[topology.scope(scope).coordinates - 1] = ranks[l];
    for (; scope != topology.root(); scope = topology.scope(scope).parent) {
      const Scope& parent = topology.scope(topology.scope(scope).parent);
      out[parent.coordinates - 1] = ranks[collapsed.scope_item(scope)];
    }
  }
  return order;
}

}  // namespace eagre::progress
