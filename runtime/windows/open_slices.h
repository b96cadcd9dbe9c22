// Slices that are still being filled: a state for each key, in a table for each slice. They are
// filled in any order and leave in the order of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/data/snapshot.h"
#include "runtime/state/key_table.h"
#include "runtime/windows/slicing.h"

namespace eagre::windows {

// Threads: confined to one actor.
template <class K, class State>
class OpenSlices {
 public:
  using Table = state::KeyTable<K, State, 1>;
  using Entry = std::pair<Slice, Table>;

  bool empty() const { return slices_.empty(); }
  // The earliest one; there must be one.
  Slice first() const { return {slices_.begin()->first, slices_.begin()->second.last}; }
  // Takes it out.
  Entry take_first() {
    auto node = slices_.extract(slices_.begin());
    return {Slice{node.key(), node.mapped().last}, std::move(node.mapped().table)};
  }
  // A table that was taken out serves again, memory and all.
  void give_back(Table table) {
    if (spare_.size() != kSpare) {
      table.clear();
      spare_.push_back(std::move(table));
    }
  }

  // Adds each record to the slice of its event time: key_of(record) -> K, at(record) -> event time,
  // fold(State&, record). opened(Slice) is called for each new one, before it is filled. Records in
  // gaps between windows belong nowhere.
  template <class T, class KeyOf, class At, class Fold, class Opened>
  void add(std::span<const T> records, const Slicing& slicing, KeyOf& key_of, At& at, Fold& fold,
           Opened&& opened) {
    for (std::size_t begin = 0; begin != records.size();) {
      const std::int64_t event_time = at(records[begin]);
      const std::optional<Slice> slice = slicing.slice_at(event_time);
      std::size_t end = begin + 1;
      if (slice) {
        // Most often many in a row are of one slice.
        while (end != records.size() && holds(*slice, at(records[end]))) {
          ++end;
        }
        table(*slice, opened)
            .update(records.subspan(begin, end - begin), key_of,
                    [&](const T& record, const K&, State& state, bool) { fold(state, record); });
      }
      begin = end;
    }
  }

  void save(data::SnapshotWriter& writer) {
    writer.section<Saved>([this](auto&& give) {
      for (auto& [first, open] : slices_) {
        open.table.for_each([&, start = first, last = open.last](const K& key, State& state) {
          give({start, last, key, data::to_record(state)});
        });
      }
    });
  }
  // Adds the keys that are the reader's own.
  void restore(data::SnapshotReader& reader) {
    reader.section<Saved>([&](const Saved& saved) {
      const auto& [first, last, key, state] = saved;
      if (reader.owns_key(key)) {
        data::from_record(state, table({first, last}, [](const Slice&) {}).at(key));
      }
    });
  }

 private:
  struct Open {
    std::int64_t last = 0;
    Table table;
  };
  using Saved = std::tuple<std::int64_t, std::int64_t, K, data::SavedAs<State>>;
  static constexpr std::size_t kSpare = 2;

  static bool holds(const Slice& slice, std::int64_t event_time) {
    return slice.first <= event_time && event_time <= slice.last;
  }

  template <class Opened>
  Table& table(const Slice& slice, Opened&& opened) {
    const auto [at, added] = slices_.try_emplace(slice.first);
    if (added) {
      at->second.last = slice.last;
      if (!spare_.empty()) {
        at->second.table = std::move(spare_.back());
        spare_.pop_back();
      }
      opened(slice);
    }
    return at->second.table;
  }

  // By their first event time.
  std::map<std::int64_t, Open> slices_;
  std::vector<Table> spare_;
};

}  // namespace eagre::windows
