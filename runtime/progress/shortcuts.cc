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

}  // namespace

Shortcuts::Shortcuts(const Topology& topology, const LocationOrder& order,
                     std::span<const Location> observed)
    : kept_(topology.locations()), exits_(topology.locations()) {
  for (const Location location : observed) {
    kept_[location.value()] = true;
  }
  const auto below = [&](Location a, Location b) {
    return order.less(a, Time::minimum(topology.coordinates(a)), b,
                      Time::minimum(topology.coordinates(b)));
  };
  std::vector<std::vector<const Path*>> paths(topology.locations());
  std::vector<std::size_t> entries(topology.locations());
  for (const std::vector<Path>* part : {&topology.internals(), &topology.edges()}) {
    for (const Path& path : *part) {
      paths[path.from.value()].push_back(&path);
      ++entries[path.to.value()];
      // Where times advance, a path may lead down in the order. Every cycle does so somewhere, so
      // what is passed over has no cycle.
      if (!below(path.from, path.to)) {
        kept_[path.to.value()] = true;
      }
    }
  }
  // Successors first.
  std::vector<Location> backwards;
  for (std::uint32_t l = 0; l < topology.locations(); ++l) {
    backwards.emplace_back(l);
  }
  std::sort(backwards.begin(), backwards.end(),
            [&](Location a, Location b) { return below(b, a); });
  for (const Location from : backwards) {
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
  }
}

}  // namespace eagre::progress
