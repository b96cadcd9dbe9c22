// What an operator keeps by name. Each of its states is written with its name and type, so that it
// is found again whatever the order of declaration, and a state of another type is refused instead
// of being misread.
//
// Law: a restored operator holds for each key what the snapshots held, of the keys that are
// exchanged to it now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/snapshot.h"

namespace eagre::state {

class States;

struct StateOptions {
  // What has not been written at a key for more epochs than that is gone. None: it stays for ever.
  // A state with it must be used in the order of epochs: either in on_batch of an operator that
  // says kEpochsInOrder, or in on_notify.
  std::optional<std::uint64_t> ttl_epochs{};
};

// One state with a name, a member of the operator that keeps it.
// Threads: confined to one actor.
class NamedState {
 public:
  NamedState(const NamedState&) = delete;
  NamedState& operator=(const NamedState&) = delete;
  virtual ~NamedState() = default;

  const std::string& name() const { return name_; }
  // What it is of, in messages.
  virtual std::string_view kind() const = 0;
  // Of what is written for a key.
  virtual std::uint64_t layout() const = 0;
  // Whether every key is one that is exchanged to this worker.
  virtual bool is_exchanged(std::uint32_t worker, std::uint32_t workers) const = 0;
  // One section.
  virtual void save(data::SnapshotWriter& writer) = 0;
  virtual void restore(data::SnapshotReader& reader) = 0;

 protected:
  // Refuses a name that another state of the operator has.
  NamedState(States& states, std::string name);

  // The epoch of what the operator is working at.
  std::uint64_t epoch() const;
  // Throws: it was used in epoch `latest` before, and has a time to live.
  [[noreturn]] void refuse_epoch(std::uint64_t latest) const;

 private:
  const States& states_;
  std::string name_;
};

// Threads: confined to one actor.
class States {
 public:
  States() = default;
  States(const States&) = delete;
  States& operator=(const States&) = delete;

  bool empty() const { return all_.empty(); }

  void set_epoch(std::uint64_t epoch) { epoch_ = epoch; }
  std::uint64_t epoch() const { return epoch_; }

  // Nothing is written, and nothing read, where there are no states.
  void save(data::SnapshotWriter& writer, std::uint32_t worker, std::uint32_t workers);
  void restore(data::SnapshotReader& reader);

 private:
  friend class NamedState;

  void add(NamedState& state);
  NamedState* find(std::string_view name) const;

  std::vector<NamedState*> all_;
  std::uint64_t epoch_ = 0;
};

}  // namespace eagre::state
