#include "runtime/progress/shortcuts.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "runtime/progress/topology.h"

namespace eagre::progress {

namespace {

// A location with several entries is passed over if that adds at most so many exits to each.
constexpr std::size_t kMostExits = 2;

void add(std::vector<Shortcuts::Exit>& exits, Location to, PathSummary summary) {
  const bool known = std::any_of(exits.begin(), exits.end(), [&](const Shortcuts::Exit& exit) {
    return exit.to == to && exit.summary == summary;
  });
  if (!known) {
    exits.push_back({to, std::move(summary)});
  }
}

// All locations, the least of the order first.
std::vector<Location> in_order(const Topology& topology, const LocationOrder& order) {
  std::vector<Location> all;
  for (std::uint32_t l = 0; l < topology.locations(); ++l) {
    all.emplace_back(l);
  }
  std::sort(all.begin(), all.end(), [&](Location a, Location b) {
    return order.less(a, Time::minimum(topology.coordinates(a)), b,
                      Time::minimum(topology.coordinates(b)));
  });
  return all;
}

}  // namespace

Shortcuts::Shortcuts(const Topology& topology, const LocationOrder& order,
                     std::span<const Location> observed)
    : kept_(topology.locations()), exits_(topology.locations()) {
  for (const Location location : observed) {
    kept_[location.value()] = true;
  }
  std::vector<std::vector<const Path*>> paths(topology.locations());
  std::vector<std::size_t> entries(topology.locations());
  for (const std::vector<Path>* part : {&topology.internals(), &topology.edges()}) {
    for (const Path& path : *part) {
      paths[path.from.value()].push_back(&path);
      ++entries[path.to.value()];
    }
  }
  const auto find_exits = [&](Location from) {
    std::vector<Exit>& exits = exits_[from.value()];
    for (const Path* path : paths[from.value()]) {
      if (kept_[path->to.value()]) {
        add(exits, path->to, path->summary);
        continue;
      }
      for (const Exit& exit : exits_[path->to.value()]) {
        std::optional<PathSummary> composed = path->summary.followed_by(exit.summary);
        if (composed) {
          add(exits, exit.to, std::move(*composed));
        }
      }
    }
    if (exits.size() > kMostExits && entries[from.value()] > 1) {
      kept_[from.value()] = true;
    }
  };
  // Depth first, successors before what leads to them, through what is not kept. A way back to a
  // location that the search is still at is a cycle of such locations: one of it must be kept.
  enum class State : unsigned char { unseen, open, done };
  std::vector<State> states(topology.locations(), State::unseen);
  struct Step {
    Location at;
    std::size_t next = 0;
  };
  std::vector<Step> way;
  const auto enter = [&](Location at) {
    states[at.value()] = State::open;
    way.push_back({at});
  };
  for (const Location first : in_order(topology, order)) {
    if (states[first.value()] == State::unseen) {
      enter(first);
    }
    while (!way.empty()) {
      const Location at = way.back().at;
      if (way.back().next == paths[at.value()].size()) {
        find_exits(at);
        states[at.value()] = State::done;
        way.pop_back();
        continue;
      }
      const Location to = paths[at.value()][way.back().next++]->to;
      if (kept_[to.value()]) {
        continue;
      }
      if (states[to.value()] == State::open) {
        kept_[to.value()] = true;
      }
      if (states[to.value()] == State::unseen) {
        enter(to);
      }
    }
  }
}

}  // namespace eagre::progress
