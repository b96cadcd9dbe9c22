// Handles: the actors behind an operator. Each operator instance is one actor, with its own
// mailbox; whoever holds its address may ask it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/driver.h"
#include "runtime/data/key.h"
#include "runtime/dataflow/answering.h"

namespace eagre::api {

// The address of one operator instance. actors/ask.h turns it into a CAF handle.
// Threads: value.
struct InstanceAddress {
  std::uint32_t node = 0;
  std::uint32_t worker = 0;
  // What the actor layer keeps behind it; null in a plain loop.
  std::shared_ptr<const void> actor;
};

// Cheap to copy. Usable while the dataflow runs.
// Threads: confined to the driving thread.
class Handles {
 public:
  Handles(std::shared_ptr<DriverSlot> slot, std::uint32_t node)
      : slot_(std::move(slot)), node_(node) {}

  // All instances, by worker.
  std::vector<InstanceAddress> all() const;
  InstanceAddress on(std::uint32_t worker) const;
  // The instance that holds `key`, if the operator's input is exchanged by a key of this type.
  template <class K>
  InstanceAddress handle_for(const K& key) const {
    return on(worker_for(data::key_hash(key)));
  }

  // Asks the instance that holds `key` and waits for the answer. The operator derives from
  // Answering<..., Request, Answer>; another type is answered with an error.
  template <class Answer, class K, class Request>
  base::Result<Answer> ask(const K& key, const Request& request) const {
    base::Result<data::Batch> answer =
        ask_worker(worker_for(data::key_hash(key)), dataflow::single(request));
    if (!answer.ok()) {
      return answer.status();
    }
    return dataflow::from_single<Answer>(answer.value());
  }

 private:
  std::uint32_t worker_for(std::uint64_t key_hash) const;
  base::Result<data::Batch> ask_worker(std::uint32_t worker, data::Batch request) const;

  std::shared_ptr<DriverSlot> slot_;
  std::uint32_t node_;
};

}  // namespace eagre::api
