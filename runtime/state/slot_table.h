// The table of one key group: open addressing, linear probing, deletion by shifting back, so that
// a lookup never meets what was erased. It knows neither keys nor values: whoever uses it says how
// a slot hashes and which slot is the one. Lookups take the hash, which the caller has already.
//
// Law: each slot lies at or behind its home, with no empty slot between (cyclically).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/state/tags.h"

namespace eagre::state {

// Threads: confined to one actor.
template <class Slot>
class SlotTable {
  using Tag = tags::Tag;

 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  SlotTable() = default;
  SlotTable(const SlotTable&) = delete;
  SlotTable& operator=(const SlotTable&) = delete;
  ~SlotTable() {
    destroy_slots();
    release(slots_, capacity_);
  }

  std::uint32_t size() const { return size_; }
  std::uint32_t capacity() const { return capacity_; }
  std::size_t bytes() const { return capacity_ == 0 ? 0 : bytes_of(capacity_); }
  Slot& slot(std::uint32_t place) { return slots_[place]; }
  const Slot& slot(std::uint32_t place) const { return slots_[place]; }

  // The first of a lookup's two looks into memory: the tags.
  void prefetch(std::uint64_t hash) const {
    __builtin_prefetch(tags_ + tags::home_of(hash, capacity_));
  }
  // The second: the slot that the tags point to, which is fetched too. A guess; `holds` tells.
  std::uint32_t guess(std::uint64_t hash) const {
    const std::uint32_t home = tags::home_of(hash, capacity_);
    const std::uint32_t same = tags::match(tags_ + home, tags::tag_of(hash));
    const std::uint32_t empty = tags::match_empty(tags_ + home);
    // If there is none it is likely to be added, in the first empty place. Without a branch, since
    // nobody foresees which keys are new.
    const std::uint32_t first = tags::first(same | empty << tags::kAtOnce) % tags::kAtOnce;
    const std::uint32_t place = wrapped(home + first);
    __builtin_prefetch(slots_ + place);
    if constexpr (64 % sizeof(Slot) != 0) {
      // It may reach into the next line.
      __builtin_prefetch(reinterpret_cast<const std::byte*>(slots_ + place) + sizeof(Slot) - 1);
    }
    return place;
  }
  // Whether a slot of this tag is at `place`, which may be anything.
  bool holds(std::uint32_t place, std::uint64_t hash) const {
    return place < capacity_ && tags_[place] == tags::tag_of(hash);
  }

  // The place of the slot of this hash for which is_it(slot), or kNone.
  template <class IsIt>
  std::uint32_t find(std::uint64_t hash, const IsIt& is_it) const {
    const Tag tag = tags::tag_of(hash);
    for (std::uint32_t at = tags::home_of(hash, capacity_);;) {
      for (std::uint32_t same = tags::match(tags_ + at, tag); same != 0; same &= same - 1) {
        const std::uint32_t place = wrapped(at + tags::first(same));
        if (is_it(slots_[place])) {
          return place;
        }
      }
      if (tags::match_empty(tags_ + at) != 0) {
        return kNone;
      }
      at = wrapped(at + tags::kAtOnce);
    }
  }

  // The place of the slot of this hash for which is_it(slot), and whether it was added: then
  // `make(void*)` constructed it. `hash_of(slot)` gives the hash of any slot. All places change
  // when the table grows.
  template <class IsIt, class Make, class HashOf>
  std::pair<std::uint32_t, bool> find_or_insert(std::uint64_t hash, const IsIt& is_it,
                                                const Make& make, const HashOf& hash_of) {
    const Tag tag = tags::tag_of(hash);
    for (std::uint32_t at = tags::home_of(hash, capacity_);;) {
      for (std::uint32_t same = tags::match(tags_ + at, tag); same != 0; same &= same - 1) {
        const std::uint32_t place = wrapped(at + tags::first(same));
        if (is_it(slots_[place])) {
          return {place, false};
        }
      }
      const std::uint32_t empty = tags::match_empty(tags_ + at);
      if (empty != 0) {
        std::uint32_t place = wrapped(at + tags::first(empty));
        if (size_ >= tags::limit_of(capacity_)) [[unlikely]] {
          grow(hash_of);
          place = vacancy(tags_, capacity_, hash);
        }
        make(static_cast<void*>(slots_ + place));
        set_tag(tags_, capacity_, place, tag);
        ++size_;
        return {place, true};
      }
      at = wrapped(at + tags::kAtOnce);
    }
  }

  template <class HashOf>
  void erase(std::uint32_t place, const HashOf& hash_of) {
    slots_[place].~Slot();
    std::uint32_t hole = place;
    for (std::uint32_t next = wrapped(hole + 1); tags_[next] != tags::kEmpty;
         next = wrapped(next + 1)) {
      const std::uint32_t home = tags::home_of(hash_of(slots_[next]), capacity_);
      if (distance(home, next) < distance(hole, next)) {
        continue;
      }
      relocate(slots_ + hole, slots_ + next);
      set_tag(tags_, capacity_, hole, tags_[next]);
      hole = next;
    }
    set_tag(tags_, capacity_, hole, tags::kEmpty);
    --size_;
  }

  // The first used place at or after `place`; capacity() if there is none.
  std::uint32_t next_used(std::uint32_t place) const {
    while (place < capacity_) {
      const std::uint32_t used = ~tags::match_empty(tags_ + place) & 0xffff;
      if (used != 0) {
        return std::min(place + tags::first(used), capacity_);
      }
      place += tags::kAtOnce;
    }
    return capacity_;
  }

  // Empties it. Memory is kept, if much of it was used.
  void clear() {
    if (size_ == 0) {
      return;
    }
    destroy_slots();
    if (capacity_ > 64 && size_ < capacity_ / 8) {
      release(slots_, capacity_);
      slots_ = nullptr;
      tags_ = const_cast<Tag*>(tags::kNone);
      capacity_ = 0;
    } else {
      std::memset(tags_, tags::kEmpty, capacity_ + tags::kAtOnce);
    }
    size_ = 0;
  }

 private:
  static constexpr std::align_val_t kAlignment{std::max<std::size_t>(alignof(Slot), 16)};

  static std::size_t bytes_of(std::uint32_t capacity) {
    return capacity * (sizeof(Slot) + sizeof(Tag)) + tags::kAtOnce;
  }
  static void release(Slot* slots, std::uint32_t capacity) {
    if (capacity != 0) {
      ::operator delete(static_cast<void*>(slots), kAlignment);
    }
  }
  static void set_tag(Tag* all, std::uint32_t capacity, std::uint32_t place, Tag tag) {
    all[place] = tag;
    if (place < tags::kAtOnce) {
      all[capacity + place] = tag;
    }
  }
  static void relocate(Slot* to, Slot* from) {
    if constexpr (std::is_trivially_copyable_v<Slot>) {
      std::memcpy(static_cast<void*>(to), static_cast<const void*>(from), sizeof(Slot));
    } else {
      ::new (static_cast<void*>(to)) Slot(std::move(*from));
      from->~Slot();
    }
  }
  // The first empty place for this hash; there is one.
  static std::uint32_t vacancy(const Tag* all, std::uint32_t capacity, std::uint64_t hash) {
    for (std::uint32_t at = tags::home_of(hash, capacity);;) {
      const std::uint32_t empty = tags::match_empty(all + at);
      if (empty != 0) {
        const std::uint32_t place = at + tags::first(empty);
        return place < capacity ? place : place - capacity;
      }
      at += tags::kAtOnce;
      if (at >= capacity) {
        at -= capacity;
      }
    }
  }

  std::uint32_t wrapped(std::uint32_t place) const {
    return place < capacity_ ? place : place - capacity_;
  }
  std::uint32_t distance(std::uint32_t from, std::uint32_t to) const {
    return to >= from ? to - from : to + capacity_ - from;
  }

  template <class HashOf>
  void grow(const HashOf& hash_of) {
    const std::uint32_t wanted = tags::grown(capacity_);
    EAGRE_CHECK(wanted > capacity_ && wanted < (std::uint32_t{1} << 31),
                "a key group of {} keys cannot grow", size_);
    auto* const slots = static_cast<Slot*>(::operator new(bytes_of(wanted), kAlignment));
    auto* const all = reinterpret_cast<Tag*>(slots + wanted);
    std::memset(all, tags::kEmpty, wanted + tags::kAtOnce);
    for (std::uint32_t place = next_used(0); place != capacity_; place = next_used(place + 1)) {
      const std::uint32_t to = vacancy(all, wanted, hash_of(slots_[place]));
      relocate(slots + to, slots_ + place);
      set_tag(all, wanted, to, tags_[place]);
    }
    release(slots_, capacity_);
    slots_ = slots;
    tags_ = all;
    capacity_ = wanted;
  }

  void destroy_slots() {
    if constexpr (!std::is_trivially_destructible_v<Slot>) {
      for (std::uint32_t place = next_used(0); place != capacity_; place = next_used(place + 1)) {
        slots_[place].~Slot();
      }
    }
  }

  Slot* slots_ = nullptr;
  Tag* tags_ = const_cast<Tag*>(tags::kNone);
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace eagre::state
