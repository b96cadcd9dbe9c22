#include "runtime/control/restart_policy.h"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/base/duration.h"

namespace eagre::control {

Restarts::Restarts(const RestartPolicy& policy, base::Random random)
    : policy_(policy), random_(random) {}

base::Result<std::chrono::milliseconds> Restarts::after(std::chrono::nanoseconds now,
                                                        const std::optional<CheckpointId>& from,
                                                        std::string_view error) {
  const Row row = take_down(now, from);
  if (row.ends <= policy_.most) {
    return pause(row.ends);
  }
  if (policy_.most == 0) {
    return base::Status(base::Code::failed, fmt::format("given up without a restart: {}", error));
  }
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(now - row.first);
  return base::Status(base::Code::failed,
                      fmt::format("given up after {} restart{}{} within {}: {}", policy_.most,
                                  policy_.most == 1 ? "" : "s",
                                  row.ends == stalled_.ends ? " from the same checkpoint" : "",
                                  base::to_string(span), error));
}

// The longer one of the rows that now end with this.
Restarts::Row Restarts::take_down(std::chrono::nanoseconds now,
                                  const std::optional<CheckpointId>& from) {
  while (!recent_.empty() && now - recent_.front() > policy_.window) {
    recent_.pop_front();
  }
  recent_.push_back(now);
  if (stalled_.ends == 0 || from != from_) {
    stalled_ = {0, now};
    from_ = from;
  }
  ++stalled_.ends;
  return stalled_.ends >= recent_.size() ? stalled_ : Row{recent_.size(), recent_.front()};
}

std::chrono::milliseconds Restarts::pause(std::uint64_t ends) {
  if (ends < 2) {
    return std::chrono::milliseconds(0);
  }
  const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(policy_.most, 1'000'000));
  const auto longest = std::min(policy_.longest_pause, policy_.window / (3 * most));
  const auto doublings = std::min<std::uint64_t>(ends - 2, 20);
  const auto pause = std::min(policy_.first_pause * (1 << doublings), longest);
  return pause + std::chrono::milliseconds(
                     random_.below(static_cast<std::uint64_t>(pause.count()) / 2 + 1));
}

}  // namespace eagre::control
