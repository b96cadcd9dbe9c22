// Makes the checkpoints of one process durable, in a thread of its own: gathers what its instances
// keep, encodes it and writes it to the checkpoint folder; in the leader, it also writes the
// manifest. Operators hand over batches and go on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/checkpoint_folder.h"
#include "runtime/data/snapshot.h"

namespace eagre::actors {

// Threads: value.
struct CheckpointPlan {
  // One is begun that often.
  std::chrono::milliseconds interval;
  // So many stay in the folder.
  std::uint64_t keep;
  std::uint64_t generation;
  control::CheckpointFolder folder;
  // Where this process counts what it reads.
  std::shared_ptr<const control::ReadCounts> reads;
};

// Threads: safe from any thread.
class CheckpointStore {
 public:
  // Told on the store's thread; none of them may throw.
  struct Listener {
    // `inputs`: the sum of what its instances said.
    std::function<void(std::uint64_t interval, std::uint64_t inputs,
                       base::Result<control::StateFile>)>
        saved;
    std::function<void(std::uint64_t interval, base::Status)> committed;
  };

  // `node`: this process; `instances`: how many it has.
  CheckpointStore(CheckpointPlan plan, std::uint32_t node, std::size_t instances);
  ~CheckpointStore() { close(); }
  CheckpointStore(const CheckpointStore&) = delete;
  CheckpointStore& operator=(const CheckpointStore&) = delete;

  // Before anything else.
  void listen(Listener listener);
  // What an instance keeps, and how many input records it has read. When all instances of this
  // process have said it, it is written.
  void put(std::uint64_t interval, std::uint32_t instance, std::uint64_t inputs,
           data::Snapshot snapshot);
  // Makes a checkpoint count.
  void commit(control::Manifest manifest);
  // Finishes the file that it is writing, if any, and nothing more; nobody is told anything after.
  void close();
  // The checkpoint is not to be: what was gathered or written of it goes.
  void drop(std::uint64_t interval);

 private:
  struct Gathered {
    control::NodeSnapshots snapshots;
    std::uint64_t inputs = 0;
  };

  void run();
  void write(std::uint64_t interval, const Gathered& complete);
  void commit_now(const control::Manifest& manifest);

  const CheckpointPlan plan_;
  const std::uint32_t node_;
  const std::size_t instances_;
  Listener listener_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Gathered> gathered_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace eagre::actors
