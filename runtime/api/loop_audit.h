// The run-time audit of a dataflow in a plain loop: recomputes at any moment, from what is really
// there, what the progress protocol only keeps accounts of.
//
// Laws checked: the capabilities that an instance's accounts say are those that live; the messages
// that the accounts say are under way are those that lie on links and in inboxes; and (Safe) no
// input knows of a frontier past anything that is held or under way and could still reach it.
// Source: Brun et al. (ITP 2021), section 5; docs/progress.md.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/dataflow/host.h"
#include "runtime/plan/layout.h"
#include "runtime/progress/change_batch.h"
#include "runtime/progress/progress_batch.h"

namespace eagre::api {

// Threads: confined to the loop's thread.
class LoopAudit {
 public:
  LoopAudit(const plan::Layout& layout, std::size_t instances)
      : layout_(layout), accounts_(instances) {}

  // A batch was put on a link, and was taken from it. `bounded`: its edge has credit.
  void sent(progress::Location target, const data::Batch& batch, bool bounded) {
    on_links_.add(target, batch.time(), static_cast<std::int64_t>(batch.count()));
    bytes_on_links_ += bounded ? batch.footprint() : 0;
  }
  void arrived(progress::Location target, const data::Batch& batch, bool bounded) {
    on_links_.add(target, batch.time(), -static_cast<std::int64_t>(batch.count()));
    bytes_on_links_ -= bounded ? batch.footprint() : 0;
  }
  // An instance reported, whether or not anybody has heard it yet.
  void reported(const progress::ProgressBatch& batch);

  // Says what is broken, if anything. `hosts` by reporter id; `is_complete`: the aggregator says
  // that nothing is held or under way.
  base::Status check(const std::vector<const dataflow::OperatorHost*>& hosts,
                     bool is_complete) const;

  // Bytes of the batches on links and in inboxes, edges that close a loop left out: what flow
  // control bounds.
  std::uint64_t bytes_under_way(const std::vector<const dataflow::OperatorHost*>& hosts) const;

 private:
  const plan::Layout& layout_;
  // What each instance said, added up.
  std::vector<progress::ChangeBatch> accounts_;
  progress::ChangeBatch on_links_;
  std::uint64_t bytes_on_links_ = 0;
};

}  // namespace eagre::api
