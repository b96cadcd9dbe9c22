#include "runtime/dataflow/notificator.h"

#include <utility>

namespace eagre::dataflow {

void Notificator::notify_at(progress::Capability capability) {
  const progress::Time& time = capability.time();
  if (ripe_.contains(time)) {
    return;
  }
  if (spare_.empty()) {
    added_ |= waiting_.try_emplace(time, std::move(capability)).second;
  } else if (!waiting_.contains(time)) {
    spare_.key() = time;
    spare_.mapped() = std::move(capability);
    waiting_.insert(std::move(spare_));
    added_ = true;
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
  // The least of all times that wait, if it is due, is the least one due.
  if (ripe_.empty() && !waiting_.empty() && due(waiting_.begin()->first, context)) {
    return take_first(waiting_);
  }
  ripen(context);
  if (ripe_.empty()) {
    return std::nullopt;
  }
  return take_first(ripe_);
}

progress::Capability Notificator::take_first(Pending& pending) {
  spare_ = pending.extract(pending.begin());
  return std::move(spare_.mapped());
}

}  // namespace eagre::dataflow
