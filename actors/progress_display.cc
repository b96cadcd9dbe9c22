#include "actors/progress_display.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>

#include "runtime/progress/time.h"

namespace eagre::actors {
namespace {

constexpr std::chrono::milliseconds kPeriod{500};
constexpr std::size_t kBar = 20;
constexpr std::size_t kMark = 5;

// How much is still to come is not known, so the bar shows that something moves: its mark goes on a
// step each time records were handled.
std::string bar(std::size_t step) {
  std::string text(kBar, '-');
  for (std::size_t i = 0; i < kMark; ++i) {
    text[(step + i) % kBar] = '#';
  }
  return "[" + text + "]";
}

std::string epoch_text(std::uint64_t epoch) {
  return epoch == progress::kLastEpoch ? "the last epoch" : fmt::format("epoch {}", epoch);
}

}  // namespace

ProgressDisplay::ProgressDisplay(std::shared_ptr<const std::deque<InstanceCounters>> counters,
                                 std::shared_ptr<LiveDriver> driver)
    : counters_(std::move(counters)),
      driver_(std::move(driver)),
      terminal_(::isatty(STDERR_FILENO) != 0),
      thread_([this] { show(); }) {
  driver_->watch();
}

ProgressDisplay::~ProgressDisplay() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ProgressDisplay::show() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kPeriod, [this] { return ended_; })) {
    print(false);
  }
  print(true);
}

void ProgressDisplay::print(bool last) {
  std::uint64_t records = 0;
  for (const InstanceCounters& counters : *counters_) {
    records += counters.records_in.load(std::memory_order_relaxed);
  }
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - shown_at_).count();
  const double rate = static_cast<double>(records - shown_records_) / seconds;
  steps_ += records != shown_records_ ? 1 : 0;
  shown_records_ = records;
  shown_at_ = now;
  const std::string line = last ? fmt::format("{} records handled by operators", records)
                                : fmt::format("{} records handled by operators, {:.0f}/s, {}",
                                              records, rate, epoch_text(driver_->least_epoch()));
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}{}", last ? line : bar(steps_) + " " + line, last ? "\n" : "");
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

}  // namespace eagre::actors
