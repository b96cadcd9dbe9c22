// Windows that overlap. A slice is folded once, when it is complete it joins the queue of its key,
// and each window is the fold of a queue: what a record costs does not depend on how many windows
// overlap.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runtime/state/saved_table.h"
#include "runtime/windows/slice_queue.h"
#include "runtime/windows/window_operator.h"

namespace eagre::windows {

template <class T, class K, class KeyOf, class At, class Fold>
class SlidingWindows final : public WindowOperator<T, K, KeyOf, At, Fold> {
  using Base = WindowOperator<T, K, KeyOf, At, Fold>;

 public:
  using Base::Base;
  using typename Base::Out;

 private:
  using typename Base::State;
  using Keys = state::KeyTable<K, SliceQueue<State>>;
  struct Leaving {
    WindowNumber window = 0;
    typename Keys::Position next;
    // Of keys that have nothing left in it.
    std::vector<K> empty;
  };

  std::int64_t first_due(const Slice& slice) const override {
    return last_of(this->slicing().first_at(slice.first));
  }
  std::optional<std::int64_t> next_due() const override {
    const std::optional<WindowNumber> next = next_window();
    return next ? std::optional(last_of(*next)) : std::nullopt;
  }
  std::int64_t last_of(WindowNumber window) const {
    return this->slicing().last_of(window).value_or(progress::kLastEventTime);
  }

  // The first window to leave that has slices.
  std::optional<WindowNumber> next_window() const {
    std::optional<std::int64_t> slice;
    if (!complete_.empty()) {
      slice = *complete_.begin();
    } else if (!this->open().empty()) {
      slice = this->open().first().first;
    }
    if (!slice) {
      return std::nullopt;
    }
    const WindowNumber first = this->slicing().first_at(*slice);
    return next_ ? std::max(first, *next_) : first;
  }

  bool release(std::optional<std::int64_t> least, dataflow::Output<Out>& output) override {
    while (!leaving_ || emit_some(output)) {
      const std::optional<WindowNumber> window = next_window();
      if (!window || (least && last_of(*window) >= *least)) {
        return true;
      }
      while (!this->open().empty() && this->open().first().last <= last_of(*window)) {
        complete_first();
      }
      leaving_.emplace().window = *window;
    }
    return false;
  }

  void complete_first() {
    auto [slice, table] = this->open().take_first();
    complete_.insert(slice.first);
    table.for_each([&, first = slice.first](const K& key, State& state) {
      keys_.at(key).push(first, std::move(state), merge());
    });
    this->open().give_back(std::move(table));
  }

  auto merge() {
    return [this](State& into, const State& part) { this->fold().merge(into, part); };
  }

  // Whether everything left.
  bool emit_some(dataflow::Output<Out>& output) {
    const WindowNumber number = leaving_->window;
    const Window window = this->slicing().window(number);
    // After a restore on other workers a window may have no key here that has not left, and nothing
    // is held for it.
    std::optional<dataflow::Session<Out>> session;
    const bool all = keys_.visit(leaving_->next, [&](const K& key, SliceQueue<State>& slices) {
      slices.drop_before(window.start, merge());
      if (slices.empty()) {
        leaving_->empty.push_back(key);
      } else if (!is_ahead(key, number)) {
        if (!session) {
          session = output.session(this->held().at(last_of(number)));
        }
        State state = slices.fold(merge());
        session->give({key, window, this->fold().result(state)});
      }
      return !output.congested();
    });
    if (!all) {
      return false;
    }
    for (const K& key : leaving_->empty) {
      keys_.erase(key);
    }
    leaving_.reset();
    next_ = number + 1;
    while (!complete_.empty() && this->slicing().last_at(*complete_.begin()) <= number) {
      complete_.erase(complete_.begin());
    }
    if (complete_.empty()) {
      keys_.clear();
    }
    if (ahead_until_ && *next_ >= *ahead_until_) {
      ahead_.clear();
      ahead_until_.reset();
    }
    return true;
  }

  // Whether the key's window left before it was restored here.
  bool is_ahead(const K& key, WindowNumber window) const {
    if (ahead_.empty()) {
      return false;
    }
    const Number* next = ahead_.find(key);
    return next != nullptr && window < to_number(*next);
  }

  // Window numbers in snapshots: the high and the low half.
  using Number = std::pair<std::int64_t, std::uint64_t>;
  static Number to_saved(WindowNumber number) {
    return {static_cast<std::int64_t>(number >> 64), static_cast<std::uint64_t>(number)};
  }
  static WindowNumber to_number(const Number& saved) {
    return static_cast<WindowNumber>(saved.first) * (WindowNumber{1} << 64) + saved.second;
  }

  void save_rest(data::SnapshotWriter& writer) override {
    writer.section<Number>([this](auto&& give) {
      if (next_) {
        give(to_saved(*next_));
      }
    });
    writer.section<std::int64_t>([this](auto&& give) {
      for (const std::int64_t slice : complete_) {
        give(slice);
      }
    });
    save_table(writer, keys_);
    save_table(writer, ahead_);
  }

  // Instances may have sent windows up to different ones: what is taken over from one that was
  // further must not leave again.
  void restore_rest(data::SnapshotReader& reader) override {
    std::optional<WindowNumber> next;
    reader.section<Number>([&](const Number& saved) { next = to_number(saved); });
    reader.section<std::int64_t>([this](std::int64_t slice) { complete_.insert(slice); });
    Keys keys;
    restore_table(reader, keys);
    restore_table(reader, ahead_);
    keys.for_each([&](const K& key, SliceQueue<State>& slices) {
      keys_.at(key) = std::move(slices);
      if (next && !reader.owns_all() && ahead_.find(key) == nullptr) {
        ahead_.at(key) = to_saved(*next);
      }
    });
    ahead_.for_each([this](const K&, const Number& saved) {
      ahead_until_ = std::max(ahead_until_.value_or(to_number(saved)), to_number(saved));
    });
    if (!restored_) {
      next_ = next;
    } else if (next_) {
      next_ = next ? std::optional(std::min(*next_, *next)) : std::nullopt;
    }
    restored_ = true;
  }

  // The slices of windows to come that are complete, by their first event time, and what they hold.
  std::set<std::int64_t> complete_;
  Keys keys_;
  // None: no window has left.
  std::optional<WindowNumber> next_;
  std::optional<Leaving> leaving_;
  // The next window of keys that are ahead of next_, since a restore.
  state::KeyTable<K, Number> ahead_;
  std::optional<WindowNumber> ahead_until_;
  bool restored_ = false;
};

}  // namespace eagre::windows
