#include "actors/recovery.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "actors/processes.h"
#include "runtime/base/crash_point.h"
#include "runtime/base/random.h"
#include "runtime/control/folder_lock.h"
#include "runtime/control/restart_policy.h"

namespace eagre::actors {
namespace {

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
  control::Restarts restarts(options.restarts,
                             base::Random(static_cast<std::uint64_t>(::getpid())));
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
    if (!ended.lost && !(ended.failed && options.restart_failed)) {
      if (ended.exit_code == kOk) {
        folder->clear();
      }
      EAGRE_CRASH_POINT("folder cleared");
      return ended.exit_code;
    }
    since = ended.noticed;
    const base::Result<std::chrono::milliseconds> pause =
        restarts.after(std::chrono::nanoseconds(since), life->restored, ended.error);
    if (!pause.ok()) {
      std::cerr << name << ": " << pause.status().message()
                << "\nThe same command goes on from the last checkpoint.\n";
      return ended.exit_code;
    }
    std::this_thread::sleep_for(*pause);
  }
}

}  // namespace eagre::actors
