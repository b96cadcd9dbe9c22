// What the typed views (views.h) share: a table of values by key, each with the epoch in which it
// was written last, from which what is too old follows. No clock and no order of arrival has a part
// in that, so what is gone at a time is the same in every run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/data/codec.h"
#include "runtime/data/snapshot.h"
#include "runtime/state/key_table.h"
#include "runtime/state/states.h"

namespace eagre::state {

// Threads: confined to one actor.
template <data::Record K, data::Saveable V>
class KeyedState : public NamedState {
 public:
  KeyedState(States& states, std::string name, const StateOptions& options = {})
      : NamedState(states, std::move(name)), options_(options) {}

  // Keys that take a place, gone or not.
  std::size_t held() const { return entries_.size(); }
  bool contains(const K& key) const { return look(key) != nullptr; }
  // Whether there was something.
  bool erase(const K& key) {
    const bool there = contains(key);
    entries_.erase(key);
    return there;
  }
  // Calls f(key, value) for each key, in an order that must not reach an output. f must not use
  // the state.
  template <class F>
  void for_each(F&& f) {
    come_to_epoch();
    entries_.for_each([&](const K& key, const Entry& entry) {
      if (!is_old(entry)) {
        f(key, entry.value);
      }
    });
  }

 protected:
  // Null if there is none. Good until the next call that writes or erases.
  const V* look(const K& key) const {
    come_to_epoch();
    const Entry* const entry = entries_.find(key);
    return entry == nullptr || is_old(*entry) ? nullptr : &entry->value;
  }
  // The value to be written, V{} if there was none; and whether there was one.
  std::pair<V&, bool> write(const K& key) {
    come_to_epoch();
    if (options_.ttl_epochs && latest_ - swept_ > *options_.ttl_epochs) {
      sweep();
    }
    Entry& entry = entries_.at(key);
    const bool there = entry.epoch != kNever && !is_old(entry);
    if (!there) {
      entry.value = V{};
    }
    entry.epoch = latest_;
    return {entry.value, there};
  }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  struct Entry {
    V value{};
    // In which it was written last.
    std::uint64_t epoch = kNever;
  };
  using Saved = std::tuple<K, data::SavedAs<V>, std::uint64_t>;

  bool is_old(const Entry& entry) const {
    return options_.ttl_epochs && latest_ - entry.epoch > *options_.ttl_epochs;
  }

  void come_to_epoch() const {
    if (epoch() == latest_) [[likely]] {
      return;
    }
    if (!options_.ttl_epochs) {
      latest_ = std::max(latest_, epoch());
      return;
    }
    if (epoch() < latest_) {
      refuse_epoch(latest_);
    }
    latest_ = epoch();
  }

  // Frees what is old. Done once in as many epochs as an entry lives, so each is looked at about
  // once for each time that it is written.
  void sweep() {
    swept_ = latest_;
    std::vector<K> old;
    entries_.for_each([&](const K& key, const Entry& entry) {
      if (is_old(entry)) {
        old.push_back(key);
      }
    });
    for (const K& key : old) {
      entries_.erase(key);
    }
  }

  std::uint64_t layout() const final { return data::Codec<Saved>::kLayout; }
  bool is_exchanged(std::uint32_t worker, std::uint32_t workers) const final {
    return entries_.only_in(
        [&](std::uint32_t group) { return data::worker_of_group(group, workers) == worker; });
  }
  void save(data::SnapshotWriter& writer) final {
    writer.section<Saved>([&](auto&& give) {
      entries_.for_each([&](const K& key, const Entry& entry) {
        if (!is_old(entry)) {
          give(Saved{key, data::to_record(entry.value), entry.epoch});
        }
      });
    });
  }
  void restore(data::SnapshotReader& reader) final {
    reader.section<Saved>([&](const Saved& saved) {
      const auto& [key, value, epoch] = saved;
      if (reader.owns_key(key)) {
        Entry& entry = entries_.at(key);
        data::from_record(value, entry.value);
        entry.epoch = epoch;
        latest_ = std::max(latest_, epoch);
      }
    });
  }

  StateOptions options_;
  KeyTable<K, Entry> entries_;
  // The last epoch in which it was used, if only to look at it, and in which it was swept.
  mutable std::uint64_t latest_ = 0;
  std::uint64_t swept_ = 0;
};

}  // namespace eagre::state
