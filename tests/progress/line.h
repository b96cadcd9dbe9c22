// source -> map -> sink, one instance of each a process; map passes times as they are. Reports of
// theirs, and what is published, in short form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/progress/frontier_view.h"
#include "runtime/progress/instance.h"
#include "runtime/progress/progress_batch.h"
#include "runtime/progress/topology.h"

namespace eagre::progress {

inline const Generation kNow(5);

struct Line {
  Line() {
    source = topology.add_node(topology.root(), "source");
    source_out = topology.add_output(source);
    map = topology.add_node(topology.root(), "map");
    map_in = topology.add_input(map);
    map_out = topology.add_output(map);
    sink = topology.add_node(topology.root(), "sink");
    sink_in = topology.add_input(sink);
    topology.add_internal(map_in, map_out, PathSummary::identity(1));
    topology.add_edge(source_out, map_in, PathSummary::identity(1));
    topology.add_edge(map_out, sink_in, PathSummary::identity(1));
  }

  // Those of process p report as 3p, 3p + 1, 3p + 2.
  std::vector<Instance> instances(Interest map_interest = Interest::always,
                                  std::uint32_t process = 0) const {
    const auto id = [process](std::uint32_t place) { return ReporterId(3 * process + place); };
    return {{id(0), {}, {source_out}},
            {id(1), {{map_in, map_interest}}, {map_out}},
            {id(2), {{sink_in, Interest::always}}, {}}};
  }

  Topology topology;
  NodeId source, map, sink;
  Location source_out, map_in, map_out, sink_in;
};

inline ProgressBatch batch(std::uint32_t reporter, std::uint64_t sequence,
                           std::vector<Change> changes) {
  return ProgressBatch{kNow, ReporterId(reporter), sequence, std::move(changes)};
}

// Reporter, version and frontier of what was published.
using Told = std::vector<std::tuple<std::uint32_t, std::uint64_t, Antichain>>;

template <class Publisher, class... Others>
Told publish(Publisher& publisher, Others&&... others) {
  Told told;
  publisher.publish(
      [&](ReporterId id, const FrontierUpdate& update) {
        told.emplace_back(id.value(), update.version, update.frontier);
      },
      std::forward<Others>(others)...);
  return told;
}

}  // namespace eagre::progress
