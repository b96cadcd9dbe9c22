#include "runtime/dataflow/notificator.h"

#include <utility>

namespace eagre::dataflow {

void Notificator::notify_at(progress::Capability capability) {
  progress::Time time = capability.time();
  if (!ripe_.contains(time)) {
    added_ |= waiting_.try_emplace(std::move(time), std::move(capability)).second;
  }
}

void Notificator::save(data::SnapshotWriter& writer) const {
  writer.section<data::SavedTime>([this](auto&& give) {
    for (const Pending* pending : {&waiting_, &ripe_}) {
      for (const auto& [time, capability] : *pending) {
        give(data::to_saved(time));
      }
    }
  });
}

bool Notificator::due(const progress::Time& time, const Context& context) const {
  return order_ == NotifyOrder::sorted ? context.passed(time) : context.complete(time);
}

void Notificator::ripen(const Context& context) {
  if (!added_ && moves_ == context.moves()) {
    return;
  }
  added_ = false;
  moves_ = context.moves();
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (due(it->first, context)) {
      ripe_.insert(waiting_.extract(it++));
    } else if (order_ == NotifyOrder::sorted || it->first.size() == 1) {
      return;
    } else {
      ++it;
    }
  }
}

std::optional<progress::Capability> Notificator::next(const Context& context) {
  ripen(context);
  if (ripe_.empty()) {
    return std::nullopt;
  }
  return std::move(ripe_.extract(ripe_.begin()).mapped());
}

}  // namespace eagre::dataflow
