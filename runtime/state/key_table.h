// Keyed state: a value for each key, one table for each key group, so that state can be saved and
// moved by group and no more than a small part of it is ever copied to grow. Many records are
// worked off in three passes over a window of them: keys and hashes (which fetches the tags),
// tags (which fetches the slots), values. So the misses of a window overlap.
//
// Law: a map from keys, equal by their canonical form (key_form.h), to values. The batch calls do
// what the calls for one key do, record by record, in order. The order in which entries are
// visited depends on the order of insertion: it must not reach an output.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "runtime/data/key.h"
#include "runtime/state/key_form.h"
#include "runtime/state/key_window.h"
#include "runtime/state/slot_table.h"

namespace eagre::state {

// The value of a table that is a set.
struct NoValue {};

// Groups: the key groups, or 1 for a table of few keys, of which there are many.
// Threads: confined to one actor.
template <class K, class V, std::uint32_t Groups = data::kKeyGroups>
class KeyTable {
  static_assert(Groups == data::kKeyGroups || Groups == 1);
  using Form = KeyForm<K>;
  struct Slot {
    typename Form::Stored key;
    [[no_unique_address]] V value;
  };
  using Group = SlotTable<Slot>;

 public:
  KeyTable() = default;
  KeyTable(KeyTable&&) noexcept = default;
  KeyTable& operator=(KeyTable&&) noexcept = default;

  std::size_t size() const {
    std::size_t sum = 0;
    for (std::uint32_t group = 0; group < groups(); ++group) {
      sum += groups_[group].size();
    }
    return sum;
  }
  bool empty() const { return size() == 0; }
  // Memory held for keys and values, but not what the values hold themselves.
  std::size_t bytes() const {
    std::size_t sum = arena_.bytes();
    for (std::uint32_t group = 0; group < groups(); ++group) {
      sum += groups_[group].bytes();
    }
    return sum;
  }

  // The value of `key`, made by V{} if there is none. Valid until the next call that inserts.
  V& at(const K& key) { return place(key, data::key_hash(key)).first; }
  // Null if there is none. Valid until the next call that inserts or erases.
  V* find(const K& key) { return find(key, data::key_hash(key)); }
  const V* find(const K& key) const { return const_cast<KeyTable*>(this)->find(key); }
  // Whether it was there.
  bool erase(const K& key);

  // Calls f(record, key, value, added) for each record in order: the value of its key, made by V{}
  // if `added`. f must not use the table.
  template <class T, class KeyOf, class F>
  void update(std::span<const T> records, KeyOf& key_of, F&& f) {
    KeyWindow<T, KeyOf> window;
    for (std::size_t begin = 0; begin < records.size(); begin += window.kMost) {
      const auto part = records.subspan(begin, std::min(window.kMost, records.size() - begin));
      window.read(part, key_of);
      const auto guesses = look_for(window);
      for (std::size_t i = 0; i < part.size(); ++i) {
        const auto [value, added] = place(window.key(i), window.hash(i), guesses[i]);
        f(part[i], window.key(i), value, added);
      }
    }
  }

  // Calls f(record, key, value) for each record in order: a pointer to the value of its key, null
  // if there is none. f must not use the table.
  template <class T, class KeyOf, class F>
  void look_up(std::span<const T> records, KeyOf& key_of, F&& f) {
    KeyWindow<T, KeyOf> window;
    for (std::size_t begin = 0; begin < records.size(); begin += window.kMost) {
      const auto part = records.subspan(begin, std::min(window.kMost, records.size() - begin));
      window.read(part, key_of);
      const auto guesses = look_for(window);
      for (std::size_t i = 0; i < part.size(); ++i) {
        f(part[i], window.key(i), find(window.key(i), window.hash(i), guesses[i]));
      }
    }
  }

  // A window of one's own: guesses that make the calls below fast.
  template <class T, class KeyOf>
  using Guesses = std::array<std::uint32_t, KeyWindow<T, KeyOf>::kMost>;
  template <class T, class KeyOf>
  Guesses<T, KeyOf> look_for(const KeyWindow<T, KeyOf>& window);
  // at() and find() with the key's hash and the guess made for it; whether the value was added.
  std::pair<V&, bool> place(const K& key, std::uint64_t hash, std::uint32_t guess);
  V* find(const K& key, std::uint64_t hash, std::uint32_t guess);

  // Where a visit goes on.
  struct Position {
    std::uint32_t group = 0;
    std::uint32_t slot = 0;
  };
  // Calls f(key, value) for each entry from `at` on, until it returns false; whether it came to
  // the end. `at` stays good until the next insertion or erasure.
  template <class F>
  bool visit(Position& at, F&& f);
  // Calls f(key, value) for each entry, or each one of a key group.
  template <class F>
  void for_each(F&& f);
  template <class F>
  void for_each_in(std::uint32_t index, F&& f);

  // Whether all keys are of groups that owns(group) takes.
  template <class Owns>
  bool only_in(Owns&& owns) const {
    for (std::uint32_t group = 0; group < groups(); ++group) {
      if (groups_[group].size() != 0 && !owns(group)) {
        return false;
      }
    }
    return true;
  }

  // Empties it; memory that was well used is kept for the next entries.
  void clear() {
    for (std::uint32_t group = 0; group < groups(); ++group) {
      groups_[group].clear();
    }
    arena_.clear();
  }

 private:
  static std::uint64_t hash_of(const Slot& slot) { return Form::hash(slot.key); }

  static std::uint32_t group_of(std::uint64_t hash) {
    return Groups == 1 ? 0 : data::key_group(hash);
  }
  std::uint32_t groups() const { return groups_ == nullptr ? 0 : Groups; }
  void open() {
    if (groups_ == nullptr) [[unlikely]] {
      groups_ = std::make_unique<Group[]>(Groups);
    }
  }
  V* guessed(const K& key, std::uint64_t hash, std::uint32_t guess);
  std::pair<V&, bool> place(const K& key, std::uint64_t hash);
  V* find(const K& key, std::uint64_t hash);
  void tidy_arena();

  std::unique_ptr<Group[]> groups_;
  [[no_unique_address]] typename Form::Arena arena_;
};

template <class K, class V, std::uint32_t Groups>
template <class T, class KeyOf>
auto KeyTable<K, V, Groups>::look_for(const KeyWindow<T, KeyOf>& window) -> Guesses<T, KeyOf> {
  open();
  Group* const groups = groups_.get();
  Guesses<T, KeyOf> guesses;
  for (const std::uint64_t hash : window.hashes()) {
    groups[group_of(hash)].prefetch(hash);
  }
  for (std::size_t i = 0; i < window.size(); ++i) {
    const std::uint64_t hash = window.hash(i);
    guesses[i] = groups[group_of(hash)].guess(hash);
  }
  return guesses;
}

template <class K, class V, std::uint32_t Groups>
inline V* KeyTable<K, V, Groups>::guessed(const K& key, std::uint64_t hash, std::uint32_t guess) {
  Group& group = groups_[group_of(hash)];
  const bool right = group.holds(guess, hash) && Form::equal(group.slot(guess).key, key);
  return right ? &group.slot(guess).value : nullptr;
}

template <class K, class V, std::uint32_t Groups>
inline std::pair<V&, bool> KeyTable<K, V, Groups>::place(const K& key, std::uint64_t hash,
                                                         std::uint32_t guess) {
  if (V* const found = guessed(key, hash, guess)) [[likely]] {
    return {*found, false};
  }
  return place(key, hash);
}

template <class K, class V, std::uint32_t Groups>
std::pair<V&, bool> KeyTable<K, V, Groups>::place(const K& key, std::uint64_t hash) {
  open();
  Group& group = groups_[group_of(hash)];
  const auto [at, added] = group.find_or_insert(
      hash, [&key](const Slot& slot) { return Form::equal(slot.key, key); },
      [&](void* memory) {
        ::new (memory) Slot{Form::store(key, arena_), V{}};
      },
      hash_of);
  return {group.slot(at).value, added};
}

template <class K, class V, std::uint32_t Groups>
inline V* KeyTable<K, V, Groups>::find(const K& key, std::uint64_t hash, std::uint32_t guess) {
  if (V* const found = guessed(key, hash, guess)) [[likely]] {
    return found;
  }
  return find(key, hash);
}

template <class K, class V, std::uint32_t Groups>
V* KeyTable<K, V, Groups>::find(const K& key, std::uint64_t hash) {
  if (groups_ == nullptr) {
    return nullptr;
  }
  Group& group = groups_[group_of(hash)];
  const std::uint32_t at =
      group.find(hash, [&key](const Slot& slot) { return Form::equal(slot.key, key); });
  return at == Group::kNone ? nullptr : &group.slot(at).value;
}

template <class K, class V, std::uint32_t Groups>
bool KeyTable<K, V, Groups>::erase(const K& key) {
  if (groups_ == nullptr) {
    return false;
  }
  const std::uint64_t hash = data::key_hash(key);
  Group& group = groups_[group_of(hash)];
  const std::uint32_t at =
      group.find(hash, [&key](const Slot& slot) { return Form::equal(slot.key, key); });
  if (at == Group::kNone) {
    return false;
  }
  Form::waste(group.slot(at).key, arena_);
  group.erase(at, hash_of);
  tidy_arena();
  return true;
}

template <class K, class V, std::uint32_t Groups>
template <class F>
bool KeyTable<K, V, Groups>::visit(Position& at, F&& f) {
  typename Form::Scratch scratch;
  for (; at.group < groups(); ++at.group, at.slot = 0) {
    Group& group = groups_[at.group];
    for (at.slot = group.next_used(at.slot); at.slot != group.capacity();
         at.slot = group.next_used(at.slot + 1)) {
      Slot& slot = group.slot(at.slot);
      if (!f(Form::load(slot.key, scratch), slot.value)) {
        ++at.slot;
        return false;
      }
    }
  }
  return true;
}

template <class K, class V, std::uint32_t Groups>
template <class F>
void KeyTable<K, V, Groups>::for_each(F&& f) {
  for (std::uint32_t group = 0; group < groups(); ++group) {
    for_each_in(group, f);
  }
}

template <class K, class V, std::uint32_t Groups>
template <class F>
void KeyTable<K, V, Groups>::for_each_in(std::uint32_t index, F&& f) {
  if (index >= groups()) {
    return;
  }
  typename Form::Scratch scratch;
  Group& group = groups_[index];
  for (std::uint32_t at = group.next_used(0); at != group.capacity();
       at = group.next_used(at + 1)) {
    f(Form::load(group.slot(at).key, scratch), group.slot(at).value);
  }
}

template <class K, class V, std::uint32_t Groups>
void KeyTable<K, V, Groups>::tidy_arena() {
  if (!arena_.is_wasteful()) {
    return;
  }
  typename Form::Arena fresh;
  for (std::uint32_t index = 0; index < groups(); ++index) {
    Group& group = groups_[index];
    for (std::uint32_t at = group.next_used(0); at != group.capacity();
         at = group.next_used(at + 1)) {
      typename Form::Scratch scratch;
      group.slot(at).key = Form::store(Form::load(group.slot(at).key, scratch), fresh);
    }
  }
  arena_ = std::move(fresh);
}

}  // namespace eagre::state
