// Typed states by key, for operators of the user's own: members that are saved, restored and
// divided among other numbers of workers with no further code. The key is that of the exchange
// right before the operator.
//   eagre::ValueState<std::string, std::uint64_t> counts_{states(), "counts"};
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/data/canonical.h"
#include "runtime/state/keyed_state.h"

namespace eagre::state {

// One value for each key.
// Threads: confined to one actor.
template <class K, class V>
class ValueState final : public KeyedState<K, V> {
 public:
  using KeyedState<K, V>::KeyedState;

  // Null if there is none. Good until the next call that changes the state.
  const V* find(const K& key) const { return this->look(key); }
  V get(const K& key, V otherwise = V{}) const {
    const V* const value = this->look(key);
    return value == nullptr ? otherwise : *value;
  }
  void set(const K& key, V value) { this->write(key).first = std::move(value); }
  // The value, V{} if there is none, to be changed in place. Good as long as find()'s.
  V& at(const K& key) { return this->write(key).first; }

 private:
  std::string_view kind() const override { return "value"; }
};

// A list for each key, in the order of appending.
// Threads: confined to one actor.
template <class K, class V>
class ListState final : public KeyedState<K, std::vector<V>> {
 public:
  using KeyedState<K, std::vector<V>>::KeyedState;

  // Null if there is none. Good until the next call that changes the state.
  const std::vector<V>* find(const K& key) const { return this->look(key); }
  std::size_t size(const K& key) const {
    const std::vector<V>* const list = this->look(key);
    return list == nullptr ? 0 : list->size();
  }
  void append(const K& key, V value) { this->write(key).first.push_back(std::move(value)); }
  void set(const K& key, std::vector<V> list) { this->write(key).first = std::move(list); }

 private:
  std::string_view kind() const override { return "list"; }
};

// A map in the canonical order of its keys, so that whoever goes through it gives the same each
// time.
template <class K, class V>
class SavedMap {
 public:
  using Map = std::map<K, V, data::CanonicalLess<K>>;

  Map& map() { return map_; }
  const Map& map() const { return map_; }

  std::vector<std::pair<K, V>> saved() const { return {map_.begin(), map_.end()}; }
  void restore(const std::vector<std::pair<K, V>>& pairs) { map_ = {pairs.begin(), pairs.end()}; }

 private:
  Map map_;
};

// A map for each key. A time to live is that of the whole map.
// Threads: confined to one actor.
template <class K, class Inner, class V>
class MapState final : public KeyedState<K, SavedMap<Inner, V>> {
 public:
  using KeyedState<K, SavedMap<Inner, V>>::KeyedState;
  using KeyedState<K, SavedMap<Inner, V>>::contains;
  using KeyedState<K, SavedMap<Inner, V>>::erase;

  // Null if there is none. Good until the next call that changes the state.
  const V* find(const K& key, const Inner& inner) const {
    const auto* const maps = this->look(key);
    if (maps == nullptr) {
      return nullptr;
    }
    const auto found = maps->map().find(inner);
    return found == maps->map().end() ? nullptr : &found->second;
  }
  bool contains(const K& key, const Inner& inner) const { return find(key, inner) != nullptr; }
  std::size_t size(const K& key) const {
    const auto* const maps = this->look(key);
    return maps == nullptr ? 0 : maps->map().size();
  }
  void set(const K& key, const Inner& inner, V value) {
    this->write(key).first.map().insert_or_assign(inner, std::move(value));
  }
  // The value, V{} if there is none, to be changed in place. Good as long as find()'s.
  V& at(const K& key, const Inner& inner) { return this->write(key).first.map()[inner]; }
  // Whether it was there. A map without entries is none.
  bool erase(const K& key, const Inner& inner) {
    if (!contains(key, inner)) {
      return false;
    }
    auto& map = this->write(key).first.map();
    map.erase(inner);
    if (map.empty()) {
      erase(key);
    }
    return true;
  }
  // Calls f(inner, value) for each entry of the key, in canonical order.
  template <class F>
  void for_each_of(const K& key, F&& f) const {
    if (const auto* const maps = this->look(key)) {
      for (const auto& [inner, value] : maps->map()) {
        f(inner, value);
      }
    }
  }

 private:
  std::string_view kind() const override { return "map"; }
};

// All values of a key as one. reduce: (V, V) -> V, such as std::plus<>; for a result that is the
// same in every run it must be associative and commutative.
// Threads: confined to one actor.
template <class K, class V, class Reduce>
class ReducingState final : public KeyedState<K, V> {
 public:
  using KeyedState<K, V>::KeyedState;

  // Null if there is none. Good until the next call that changes the state.
  const V* find(const K& key) const { return this->look(key); }
  // The reduced value.
  const V& add(const K& key, V value) {
    const auto [reduced, there] = this->write(key);
    reduced = there ? Reduce{}(std::move(reduced), std::move(value)) : std::move(value);
    return reduced;
  }

 private:
  std::string_view kind() const override { return "reducing"; }
};

// The same for values of another type than the result: add: (V&, const In&) -> void, from V{} on.
// Threads: confined to one actor.
template <class K, class V, class Add>
class AggregatingState final : public KeyedState<K, V> {
 public:
  using KeyedState<K, V>::KeyedState;

  // Null if there is none. Good until the next call that changes the state.
  const V* find(const K& key) const { return this->look(key); }
  // The aggregate.
  template <class In>
  const V& add(const K& key, const In& value) {
    V& aggregate = this->write(key).first;
    Add{}(aggregate, value);
    return aggregate;
  }

 private:
  std::string_view kind() const override { return "aggregating"; }
};

}  // namespace eagre::state
