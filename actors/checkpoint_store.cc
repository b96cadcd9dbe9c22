#include "actors/checkpoint_store.h"

#include <utility>

#include "runtime/base/crash_point.h"

namespace eagre::actors {

CheckpointStore::CheckpointStore(CheckpointPlan plan, std::uint32_t node, std::size_t instances)
    : plan_(std::move(plan)), node_(node), instances_(instances), thread_([this] { run(); }) {}

void CheckpointStore::close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
  listener_ = {};
}

void CheckpointStore::listen(Listener listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

void CheckpointStore::put(std::uint64_t interval, std::uint32_t instance, std::uint64_t inputs,
                          data::Snapshot snapshot) {
  const std::lock_guard lock(mutex_);
  // One checkpoint is open at a time: what has come late to one that was given up is not needed.
  gathered_.erase(gathered_.begin(), gathered_.lower_bound(interval));
  Gathered& all = gathered_[interval];
  all.snapshots.emplace_back(instance, std::move(snapshot));
  all.inputs += inputs;
  if (all.snapshots.size() == instances_) {
    jobs_.emplace_back([this, interval, complete = std::move(all)] { write(interval, complete); });
    gathered_.erase(interval);
    changed_.notify_all();
  }
}

void CheckpointStore::commit(control::Manifest manifest) {
  const std::lock_guard lock(mutex_);
  jobs_.emplace_back([this, manifest = std::move(manifest)] { commit_now(manifest); });
  changed_.notify_all();
}

void CheckpointStore::drop(std::uint64_t interval) {
  const std::lock_guard lock(mutex_);
  gathered_.erase(interval);
  jobs_.emplace_back([this, interval] {
    plan_.folder.remove_state({plan_.generation, interval}, node_);
  });
  changed_.notify_all();
}

void CheckpointStore::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (ending_) {
      return;
    }
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

void CheckpointStore::write(std::uint64_t interval, const Gathered& complete) {
  base::Result<control::StateFile> file =
      plan_.folder.write_state({plan_.generation, interval}, node_, complete.snapshots);
  EAGRE_CRASH_POINT("state durable");
  listener_.saved(interval, complete.inputs, std::move(file));
}

void CheckpointStore::commit_now(const control::Manifest& manifest) {
  base::Status status = plan_.folder.commit(manifest);
  EAGRE_CRASH_POINT("manifest durable");
  if (status.ok()) {
    plan_.folder.keep(plan_.keep);
  }
  EAGRE_CRASH_POINT("old checkpoints removed");
  listener_.committed(manifest.id.interval, std::move(status));
}

}  // namespace eagre::actors
