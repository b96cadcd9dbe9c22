#include "runtime/progress/reachability.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

Reachability::Reachability(const Topology& topology)
    : locations_(topology.locations()), summaries_(locations_ * locations_) {
  const base::Status status = topology.validate();
  EAGRE_CHECK(status.ok(), "reachability needs a valid topology: {}", status.message());
  std::vector<std::vector<const Path*>> exits(locations_);
  for (const Path& path : topology.internals()) {
    exits[path.from.value()].push_back(&path);
  }
  for (const Path& path : topology.edges()) {
    exits[path.from.value()].push_back(&path);
  }
  for (std::uint32_t from = 0; from < locations_; ++from) {
    SummaryAntichain* row = &summaries_[from * locations_];
    std::deque<std::pair<std::uint32_t, PathSummary>> work;
    const auto reach = [&](std::uint32_t at, const PathSummary& summary) {
      if (row[at].insert(summary)) {
        work.emplace_back(at, summary);
      }
    };
    reach(from, PathSummary::identity(topology.coordinates(Location(from))));
    for (; !work.empty(); work.pop_front()) {
      const auto [at, summary] = work.front();
      // A better one has come meanwhile and goes on in its place.
      if (!row[at].contains(summary)) {
        continue;
      }
      for (const Path* path : exits[at]) {
        if (const std::optional<PathSummary> next = summary.followed_by(path->summary)) {
          reach(path->to.value(), *next);
        }
      }
    }
  }
}

bool Reachability::could_result_in(Location a, const Time& t, Location b, const Time& u) const {
  const SummaryAntichain& walks = summaries(a, b);
  return std::any_of(walks.begin(), walks.end(), [&](const PathSummary& walk) {
    const std::optional<Time> moved = walk.apply(t);
    return moved && less_equal(*moved, u);
  });
}

}  // namespace eagre::progress
