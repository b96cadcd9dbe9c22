#include "runtime/windows/held_times.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::windows {

const progress::Capability* HeldTimes::find(std::int64_t event_time) const {
  const auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& held) {
    return progress::event_time_of(held.time()) <= event_time;
  });
  return found == held_.end() ? nullptr : &*found;
}

progress::Capability HeldTimes::at(std::int64_t event_time) const {
  const progress::Capability* held = find(event_time);
  EAGRE_CHECK(held != nullptr, "nothing is held for event time {}", event_time);
  return held->delayed(
      held->time().with(progress::kEventTime, progress::to_coordinate(event_time)));
}

void HeldTimes::move_on(std::optional<std::uint64_t> epoch,
                        std::optional<std::int64_t> event_time) {
  if (!event_time) {
    held_.clear();
    return;
  }
  std::vector<progress::Capability> moved;
  for (progress::Capability& held : held_) {
    const progress::Time& at = held.time();
    held.downgrade({std::max(at[0], epoch.value_or(at[0])),
                    std::max(at[progress::kEventTime], progress::to_coordinate(*event_time))});
    const auto covers = [](const progress::Capability& a, const progress::Capability& b) {
      return less_equal(a.time(), b.time());
    };
    if (std::any_of(moved.begin(), moved.end(), [&](const auto& m) { return covers(m, held); })) {
      continue;
    }
    std::erase_if(moved, [&](const auto& m) { return covers(held, m); });
    moved.push_back(std::move(held));
  }
  held_ = std::move(moved);
}

void HeldTimes::save(data::SnapshotWriter& writer) const {
  writer.section<data::SavedTime>([this](auto&& give) {
    for (const progress::Capability& held : held_) {
      give(data::to_saved(held.time()));
    }
  });
}

void HeldTimes::restore(data::SnapshotReader& reader, dataflow::Context& context) {
  reader.section<data::SavedTime>([&](const data::SavedTime& saved) {
    held_.push_back(context.initial(0, data::from_saved(saved)));
  });
}

}  // namespace eagre::windows
