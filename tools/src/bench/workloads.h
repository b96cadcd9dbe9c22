// The workloads, by group. Sizes and record types are those that other systems were measured with.
#pragma once

#include <vector>

#include "tools/src/bench/measure.h"

namespace eagre::bench {

// pipeline, record.
std::vector<Workload> stateless_workloads();
// keyed_count, keyed_count_epoch, zipf, distinct, words, hash_join.
std::vector<Workload> keyed_workloads();
// exchange_1m, exchange_1k, exchange_1, barrier, barrier5, idle_ops.
std::vector<Workload> round_workloads();
// epoch_latency, open_loop_100k, open_loop_1m.
std::vector<Workload> latency_workloads();
// sliding_sum, sliding_sum_mid, sliding_max, sliding_max_mid, sessions.
std::vector<Workload> window_workloads();
// bfs, pagerank, union_find.
std::vector<Workload> graph_workloads();

}  // namespace eagre::bench
