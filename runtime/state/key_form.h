// How keys lie in a table, and when two are the same: by their canonical form, so that -0.0 is 0.0,
// every NaN is one key, and padding means nothing. Strings take 16 bytes: short ones lie in them,
// of longer ones the characters lie in the table's arena.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "runtime/data/key.h"
#include "runtime/state/text_arena.h"

namespace eagre::state {

// What a key of type K is in a table:
//   Stored           what lies in the slot; it may be moved in memory
//   Arena            what lies beside the slots, for all of them
//   Scratch          what load() may need to make a K of it
//   store, load      there and back; load's result lives as long as both its arguments
//   hash, equal      of what is stored
//   waste            the stored key is about to be forgotten
template <class K>
struct KeyForm {
  using Stored = K;
  struct Arena {
    static constexpr bool is_wasteful() { return false; }
    static constexpr std::size_t bytes() { return 0; }
    void clear() {}
  };
  struct Scratch {};

  static Stored store(const K& key, Arena&) { return key; }
  static const K& load(const Stored& stored, Scratch&) { return stored; }
  static std::uint64_t hash(const Stored& stored) { return data::key_hash(stored); }
  static bool equal(const Stored& stored, const K& key) {
    if constexpr (std::is_integral_v<K> || std::is_enum_v<K>) {
      return stored == key;
    } else {
      // Not the type's own ==, which may be missing or mean something else than its bytes.
      return data::Canonical<K>::compare(stored, key) == 0;
    }
  }
  static void waste(const Stored&, Arena&) {}
};

// A string of which up to kInside characters lie inside.
// Threads: value; it does not own what lies outside.
class StoredText {
 public:
  static constexpr std::size_t kInside = 12;

  StoredText(std::string_view text, TextArena& arena)
      : size_(static_cast<std::uint32_t>(text.size())) {
    if (text.size() <= kInside) {
      if (!text.empty()) {
        std::memcpy(inside_.data(), text.data(), text.size());
      }
    } else {
      const char* const outside = arena.store(text);
      std::memcpy(inside_.data(), &outside, sizeof(outside));
    }
  }

  std::string_view view() const {
    if (size_ <= kInside) {
      return {inside_.data(), size_};
    }
    const char* outside = nullptr;
    std::memcpy(&outside, inside_.data(), sizeof(outside));
    return {outside, size_};
  }
  std::size_t outside() const { return size_ <= kInside ? 0 : size_; }

 private:
  std::uint32_t size_;
  std::array<char, kInside> inside_{};
};

template <>
struct KeyForm<std::string> {
  using Stored = StoredText;
  using Arena = TextArena;
  using Scratch = std::string;

  static Stored store(std::string_view key, TextArena& arena) { return StoredText(key, arena); }
  static const std::string& load(const Stored& stored, Scratch& scratch) {
    return scratch.assign(stored.view());
  }
  static std::uint64_t hash(const Stored& stored) { return data::key_hash(stored.view()); }
  static bool equal(const Stored& stored, std::string_view key) { return stored.view() == key; }
  static void waste(const Stored& stored, TextArena& arena) { arena.waste(stored.outside()); }
};

}  // namespace eagre::state
