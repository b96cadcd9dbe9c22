// Tables of keys in snapshots. A table that is restored takes the keys that are its reader's own.
#pragma once

#include <type_traits>
#include <utility>

#include "runtime/data/snapshot.h"
#include "runtime/state/key_table.h"

namespace eagre::state {

template <class K, class V>
void save_table(data::SnapshotWriter& writer, KeyTable<K, V>& table) {
  if constexpr (std::is_same_v<V, NoValue>) {
    writer.section<K>(
        [&](auto&& give) { table.for_each([&](const K& key, NoValue) { give(key); }); });
  } else {
    using Entry = std::pair<K, data::SavedAs<V>>;
    writer.section<Entry>([&](auto&& give) {
      table.for_each([&](const K& key, const V& value) { give({key, data::to_record(value)}); });
    });
  }
}

template <class K, class V>
void restore_table(data::SnapshotReader& reader, KeyTable<K, V>& table) {
  if constexpr (std::is_same_v<V, NoValue>) {
    reader.section<K>([&](const K& key) {
      if (reader.owns_key(key)) {
        table.at(key);
      }
    });
  } else {
    using Entry = std::pair<K, data::SavedAs<V>>;
    reader.section<Entry>([&](const Entry& entry) {
      if (reader.owns_key(entry.first)) {
        data::from_record(entry.second, table.at(entry.first));
      }
    });
  }
}

}  // namespace eagre::state
