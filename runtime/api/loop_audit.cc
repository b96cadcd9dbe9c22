#include "runtime/api/loop_audit.h"

#include <fmt/core.h>

#include "runtime/progress/tracker.h"

namespace eagre::api {
namespace {

using progress::Change;
using progress::ChangeBatch;

base::Status broken(std::string what) {
  return base::Status(base::Code::failed, "audit: " + std::move(what));
}

}  // namespace

void LoopAudit::reported(const progress::ProgressBatch& batch) {
  for (const Change& change : batch.changes) {
    accounts_.at(batch.reporter.value()).add(change);
  }
}

std::uint64_t LoopAudit::bytes_under_way(
    const std::vector<const dataflow::OperatorHost*>& hosts) const {
  std::uint64_t bytes = bytes_on_links_;
  for (const dataflow::OperatorHost* host : hosts) {
    host->for_each_waiting([&](std::uint32_t input, const data::Batch& batch) {
      bytes += host->spec().inputs[input].window == 0 ? 0 : batch.footprint();
    });
  }
  return bytes;
}

base::Status LoopAudit::check(const std::vector<const dataflow::OperatorHost*>& hosts,
                              bool is_complete) const {
  const progress::Topology& topology = layout_.topology;
  ChangeBatch accounted;
  ChangeBatch difference;
  progress::Tracker truth(topology);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    ChangeBatch account = accounts_[i];
    for (const Change& change : hosts[i]->ledger().changes()) {
      account.add(change);
    }
    std::int64_t held = 0;
    for (const Change& change : account) {
      accounted.add(change);
      if (topology.port(change.at).is_input) {
        difference.add(change);
        continue;
      }
      held += change.diff;
      if (change.diff < 0) {
        return broken(fmt::format("operator {} gave up a capability at {} that it did not have",
                                  hosts[i]->ledger().name(), progress::to_string(change.time)));
      }
    }
    if (held != static_cast<std::int64_t>(hosts[i]->ledger().held())) {
      return broken(fmt::format("operator {} accounts for {} capabilities and holds {}",
                                hosts[i]->ledger().name(), held, hosts[i]->ledger().held()));
    }
    hosts[i]->for_each_waiting([&](std::uint32_t input, const data::Batch& batch) {
      difference.add(hosts[i]->spec().inputs[input].location, batch.time(),
                     -static_cast<std::int64_t>(batch.count()));
    });
  }
  for (const Change& change : on_links_) {
    difference.add(change.at, change.time, -change.diff);
  }
  for (const Change& change : difference) {
    return broken(fmt::format("{} more records at {} are accounted for at {} than are under way",
                              change.diff, progress::to_string(change.time),
                              topology.describe(change.at)));
  }
  if (is_complete && !accounted.empty()) {
    const Change& left = *accounted.begin();
    return broken(fmt::format("the dataflow is complete, but there is something at {} at {}",
                              topology.describe(left.at), progress::to_string(left.time)));
  }
  for (const Change& change : accounted) {
    truth.update(change.at, change.time, change.diff);
  }
  truth.propagate();
  for (const dataflow::OperatorHost* host : hosts) {
    for (std::uint32_t input = 0; input < host->spec().inputs.size(); ++input) {
      const progress::Antichain& known = host->known_frontier(input);
      const progress::Antichain& real = truth.frontier(host->spec().inputs[input].location);
      if (!known.dominates_all(real)) {
        return broken(fmt::format("input {} of operator {} was told {}, but it is {}", input,
                                  host->ledger().name(), progress::to_string(known),
                                  progress::to_string(real)));
      }
    }
  }
  return {};
}

}  // namespace eagre::api
