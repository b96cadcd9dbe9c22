#include "actors/recovery.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <iostream>
#include <thread>

#include "actors/processes.h"
#include "runtime/base/crash_point.h"
#include "runtime/base/random.h"
#include "runtime/control/folder_lock.h"

namespace eagre::actors {
namespace {

constexpr std::chrono::minutes kMinute{1};
// The second restart within a minute waits so long, each further one twice as long as the one
// before, up to a limit; and up to half of that more, so that several programs do not stay in step.
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};

// Says how long to wait before the next life, or that there have been too many.
class RestartPolicy {
 public:
  explicit RestartPolicy(std::uint64_t most) : most_(most) {}

  std::optional<std::chrono::milliseconds> pause() {
    const auto now = std::chrono::steady_clock::now();
    while (!lost_.empty() && now - lost_.front() > kMinute) {
      lost_.pop_front();
    }
    lost_.push_back(now);
    if (lost_.size() > most_) {
      return std::nullopt;
    }
    if (lost_.size() == 1) {
      return std::chrono::milliseconds(0);
    }
    const auto doublings = std::min<std::size_t>(lost_.size() - 2, 10);
    const auto pause = std::min(kFirstPause * (1 << doublings), kLongestPause);
    return pause + std::chrono::milliseconds(
                       random_.below(static_cast<std::uint64_t>(pause.count()) / 2 + 1));
  }
  std::size_t lost() const { return lost_.size(); }

 private:
  std::uint64_t most_;
  std::deque<std::chrono::steady_clock::time_point> lost_;
  base::Random random_{static_cast<std::uint64_t>(::getpid())};
};

int tell(const std::string& name, const base::Status& status) {
  std::cerr << name << ": " << status.message() << "\n";
  return status.code() == base::Code::checkpoint ? kBadCheckpoint
         : status.code() == base::Code::usage    ? kUsage
                                                 : kFailed;
}

// What to go on from, and a generation for it.
base::Result<Life> begin_life(const std::string& name, const control::CheckpointFolder& folder,
                              const control::Manifest& own) {
  base::Result<control::Newest> newest = folder.newest();
  if (!newest.ok()) {
    return newest.status();
  }
  for (const std::string& problem : newest->damaged) {
    std::cerr << name << ": an older checkpoint is used: " << problem << "\n";
  }
  Life life;
  std::uint64_t records = 0;
  if (newest->manifest) {
    records = newest->manifest->records;
    if (base::Status status = check_manifest(folder, *newest->manifest, own); !status.ok()) {
      return status;
    }
    life.restored = newest->manifest->id;
  }
  // Without a generation before this one nothing has been read; what one of which the counts are
  // lost has read is not known.
  if (const auto counts = folder.counts(folder.generation()); counts.ok()) {
    life.replayed = std::max(counts->total(), records) - records;
  }
  const base::Result<std::uint64_t> generation = folder.claim(life.restored);
  if (!generation.ok()) {
    return generation.status();
  }
  life.generation = *generation;
  EAGRE_CRASH_POINT("generation claimed");
  if (const auto counts = folder.create_counts(life.generation, own.processes, records);
      !counts.ok()) {
    return counts.status();
  }
  return life;
}

}  // namespace

base::Status check_manifest(const control::CheckpointFolder& folder,
                            const control::Manifest& manifest, const control::Manifest& own) {
  const auto refuse = [&](const std::string& what) {
    return base::Status(
        base::Code::checkpoint,
        fmt::format("the checkpoint in {} is of {}: give another folder, or remove this one",
                    folder.path(), what));
  };
  if (manifest.program != own.program) {
    return refuse("another program, " + manifest.program);
  }
  if (manifest.plan != own.plan) {
    return refuse("another dataflow: the program has changed since");
  }
  if (manifest.options != own.options) {
    return refuse("a run with other arguments");
  }
  return {};
}

int run_recovering(const std::string& name, const control::Manifest& own,
                   const CheckpointOptions& options, const char* const* argv) {
  const base::Result<control::CheckpointFolder> folder =
      control::CheckpointFolder::open(options.folder);
  if (!folder.ok()) {
    return tell(name, folder.status());
  }
  const control::FolderLock lock(options.folder);
  if (const base::Status status = lock.take(); !status.ok()) {
    return tell(name, status);
  }
  RestartPolicy policy(options.restarts);
  std::int64_t since = steady_now();
  for (;;) {
    base::Result<Life> life = begin_life(name, *folder, own);
    if (!life.ok()) {
      return tell(name, life.status());
    }
    life->since = since;
    EAGRE_CRASH_POINT("life begun");
    const Outcome ended = run_processes(own.processes, argv, *life);
    EAGRE_CRASH_POINT("life ended");
    if (!ended.lost) {
      if (ended.exit_code == kOk) {
        folder->clear();
      }
      EAGRE_CRASH_POINT("folder cleared");
      return ended.exit_code;
    }
    since = ended.noticed;
    const std::optional<std::chrono::milliseconds> pause = policy.pause();
    if (!pause) {
      std::cerr << name << ": " << policy.lost()
                << " processes were lost within a minute: given up; "
                << "the same command goes on from the last checkpoint\n";
      return ended.exit_code;
    }
    std::this_thread::sleep_for(*pause);
  }
}

}  // namespace eagre::actors
