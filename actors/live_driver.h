// The bridge between the driving thread and the actors: probes, fed bytes, and the end. While the
// driving thread waits, it runs the loop of the first worker.
#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/worker.h"
#include "runtime/api/driver.h"
#include "runtime/api/program.h"
#include "runtime/base/status.h"
#include "runtime/progress/antichain.h"

namespace eagre::actors {

struct Directory;

// Threads: the Driver functions are for the driving thread, the others safe from any thread.
class LiveDriver final : public api::Driver {
 public:
  LiveDriver(const api::Program& program, const api::Deployment& deployment);
  ~LiveDriver() override;

  // Driver.
  std::uint32_t workers() const override { return settings_.workers; }
  std::uint32_t first_worker() const override { return first_worker_; }
  std::uint32_t own_workers() const override { return own_workers_; }
  bool leads() const override { return settings_.process == 0; }
  void feed(std::uint32_t node, std::uint32_t worker, dataflow::Feed feed) override;
  const progress::Antichain& frontier(std::uint32_t probe) override;
  void wait_until(std::uint32_t probe, const progress::Time& time) override;
  std::shared_ptr<const void> actor(std::uint32_t node, std::uint32_t worker) override;
  base::Result<data::Batch> ask(std::uint32_t node, std::uint32_t worker,
                                data::Batch request) override;

  // From the actors.
  void set_directory(std::shared_ptr<const Directory> directory);
  void publish(std::uint32_t probe, const progress::Antichain& frontier);
  // An input instance has taken `bytes` of what it was fed.
  void fed(std::uint32_t instance, std::uint64_t bytes);
  // The dataflow has ended; the first call counts.
  void finish(base::Status status);

  // The least epoch at which something may still happen, as the progress actor told last.
  // It costs a look at all ends of the dataflow, so it is told only if somebody watches.
  void watch() { watched_.store(true, std::memory_order_relaxed); }
  bool watched() const { return watched_.load(std::memory_order_relaxed); }
  void set_least_epoch(std::uint64_t epoch) {
    least_epoch_.store(epoch, std::memory_order_relaxed);
  }
  std::uint64_t least_epoch() const { return least_epoch_.load(std::memory_order_relaxed); }

  // Waits for finish().
  base::Status wait();
  bool ended() const;

 private:
  std::shared_ptr<const Directory> directory();
  // Returns once done() holds, which is called with mutex_ locked.
  template <class Done>
  void wait_for(Done&& done);

  api::RunSettings settings_;
  std::uint32_t first_worker_;
  std::uint32_t own_workers_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Directory> directory_;
  // Null until the directory is there, and where there are no workers.
  Worker* lead_ = nullptr;
  std::vector<progress::Antichain> probes_;
  // How often any of them moved; and the driving thread's copies, with what that was then.
  std::atomic<std::uint64_t> moves_{0};
  struct Seen {
    progress::Antichain frontier;
    std::uint64_t moves = ~std::uint64_t{0};
  };
  std::vector<Seen> seen_;
  // Bytes fed and not yet taken, by instance.
  std::vector<std::uint64_t> outstanding_;
  // What stands for instances of other processes, by instance.
  std::unordered_map<std::uint32_t, caf::actor> stand_ins_;
  std::optional<base::Status> end_;
  std::atomic<bool> watched_{false};
  std::atomic<std::uint64_t> least_epoch_{0};
};

}  // namespace eagre::actors
