// The keys of some records with their hashes, found once: the hash gives the group, the place in
// its table, and, at an exchange, the worker.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "runtime/data/key.h"

namespace eagre::state {

// Uses the records while it holds their keys.
// Threads: confined to one actor.
template <class T, class KeyOf>
class KeyWindow {
  using Returned = std::invoke_result_t<KeyOf&, const T&>;
  static constexpr bool kByReference = std::is_lvalue_reference_v<Returned>;

 public:
  using Key = std::remove_cvref_t<Returned>;
  // Records at once: as many as have their slots fetched while the first of them are awaited.
  static constexpr std::size_t kMost =
      kByReference ? 128 : std::clamp<std::size_t>(8192 / sizeof(Key), 4, 128);

  KeyWindow() {}  // Nothing is initialised before it is needed.
  KeyWindow(const KeyWindow&) = delete;
  KeyWindow& operator=(const KeyWindow&) = delete;
  ~KeyWindow() { forget(); }

  // At most kMost records, the keys of which replace the ones before.
  void read(std::span<const T> records, KeyOf& key_of) {
    forget();
    for (const T& record : records) {
      if constexpr (kByReference) {
        const Key& key = key_of(record);
        keys_[size_] = &key;
      } else {
        ::new (static_cast<void*>(keys_ + size_)) Key(key_of(record));
      }
      ++size_;
      hashes_[size_ - 1] = data::key_hash(key(size_ - 1));
    }
  }

  std::size_t size() const { return size_; }
  const Key& key(std::size_t i) const {
    if constexpr (kByReference) {
      return *keys_[i];
    } else {
      return keys_[i];
    }
  }
  std::uint64_t hash(std::size_t i) const { return hashes_[i]; }
  std::span<const std::uint64_t> hashes() const { return {hashes_.data(), size_}; }

 private:
  void forget() {
    if constexpr (!kByReference) {
      std::destroy_n(keys_, size_);
    }
    size_ = 0;
  }

  std::size_t size_ = 0;
  std::array<std::uint64_t, kMost> hashes_;
  union {
    std::conditional_t<kByReference, const Key*, Key> keys_[kMost];
  };
};

}  // namespace eagre::state
