#include "runtime/operators/feed_input.h"

#include <utility>

#include "runtime/base/check.h"

namespace eagre::operators {

void FeedInput::start(dataflow::Context& context) {
  progress::Capability initial = context.initial(0);
  progress::Time time = initial.time();
  held_.try_emplace(std::move(time), std::move(initial));
}

const progress::Capability* FeedInput::support(const progress::Time& time) const {
  for (const auto& [at, held] : held_) {
    if (less_equal(at, time)) {
      return &held.capability;
    }
  }
  return nullptr;
}

void FeedInput::feed(const dataflow::Feed& feed, dataflow::Context& context) {
  if (feed.batch) {
    const progress::Time& time = feed.batch.time();
    const progress::Capability* capability = support(time);
    EAGRE_CHECK(capability != nullptr, "input \"{}\" was fed at time {} without a hold",
                context.operator_name(), progress::to_string(time));
    dataflow::OutputPort& output = context.output(0);
    output.open(capability->time() == time ? capability->clone() : capability->delayed(time));
    output.send(feed.batch);
    context.fed(feed.batch.footprint());
  }
  for (const dataflow::HoldChange& change : feed.holds) {
    if (change.diff > 0) {
      if (auto it = held_.find(change.time); it != held_.end()) {
        ++it->second.count;
        continue;
      }
      const progress::Capability* capability = support(change.time);
      EAGRE_CHECK(capability != nullptr,
                  "input \"{}\" was given a hold at time {} without one "
                  "before it",
                  context.operator_name(), progress::to_string(change.time));
      held_.try_emplace(change.time, capability->delayed(change.time));
    } else {
      auto it = held_.find(change.time);
      EAGRE_CHECK(it != held_.end(), "input \"{}\" lost a hold at time {} that it did not have",
                  context.operator_name(), progress::to_string(change.time));
      if (--it->second.count == 0) {
        held_.erase(it);
      }
    }
  }
}

}  // namespace eagre::operators
