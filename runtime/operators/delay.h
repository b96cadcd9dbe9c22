// delay: moves records to later times and lets each go when its new time is reached: when no
// earlier time is outstanding at the input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

// What waits for its time: records or whole batches, each time with the right to send at it.
// Threads: confined to one actor.
template <class Item>
class Delayed {
 public:
  // hold: () -> Capability at `time`, called for the first item at a time.
  template <class Hold>
  void add(const progress::Time& time, Item item, Hold hold) {
    auto it = waiting_.find(time);
    if (it == waiting_.end()) {
      it = waiting_.try_emplace(time, hold()).first;
    }
    it->second.items.push_back(std::move(item));
  }

  // Calls leave(Capability, std::span<Item>), at most `at_once` items each, for each time that
  // `frontier` has reached, least first, while there is room; returns whether it stopped for want
  // of room.
  template <class Out, class Leave>
  bool release(const progress::Antichain& frontier, const dataflow::Output<Out>& output,
               std::size_t at_once, Leave leave) {
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      if (frontier.less_than(it->first)) {
        if (it->first.size() == 1) {
          break;
        }
        ++it;
        continue;
      }
      Waiting& waiting = it->second;
      while (waiting.gone != waiting.items.size()) {
        if (output.congested()) {
          return true;
        }
        const std::size_t n = std::min(at_once, waiting.items.size() - waiting.gone);
        leave(waiting.capability, std::span(waiting.items).subspan(waiting.gone, n));
        waiting.gone += n;
      }
      it = waiting_.erase(it);
    }
    return false;
  }

  // f: (Item) -> void.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& [time, waiting] : waiting_) {
      for (const Item& item : std::span(waiting.items).subspan(waiting.gone)) {
        f(time, item);
      }
    }
  }

 private:
  struct Waiting {
    explicit Waiting(progress::Capability held) : capability(std::move(held)) {}
    progress::Capability capability;
    std::vector<Item> items;
    // So many of them have left.
    std::size_t gone = 0;
  };
  std::map<progress::Time, Waiting, progress::LexicographicLess> waiting_;
};

// f: (const progress::Time&, const T&) -> progress::Time, at or after the record's own time.
template <class T, class F>
class Delay final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  explicit Delay(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    input.for_each([&](const T& record) {
      const progress::Time time = f_(input.time(), record);
      if (this->frontier().less_than(time)) {
        waiting_.add(time, record, [&] { return output.retain(time); });
      } else {
        output.session(output.retain(time)).give(record);
      }
    });
  }

  bool on_frontier(dataflow::Output<T>& output) override {
    return waiting_.release(this->frontier(), output, kRecordsAtOnce,
                            [&](const progress::Capability& at, std::span<const T> records) {
                              auto session = output.session(at);
                              for (const T& record : records) {
                                session.give(record);
                              }
                            });
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override {
    writer.section<Saved>([this](auto&& give) {
      waiting_.for_each([&](const progress::Time& time, const T& record) {
        give({data::to_saved(time), record});
      });
    });
  }
  void on_restore(data::SnapshotReader& reader) override {
    reader.section<Saved>([&](const Saved& saved) {
      if (reader.owns_rest()) {
        const progress::Time time = data::from_saved(saved.first);
        waiting_.add(time, saved.second, [&] { return this->context().initial(0, time); });
      }
    });
  }

 private:
  using Saved = std::pair<data::SavedTime, T>;
  static constexpr std::size_t kRecordsAtOnce = 1024;

  F f_;
  Delayed<T> waiting_;
};

// The same for all records of a time at once; batches pass on uncopied.
// f: const progress::Time& -> progress::Time, at or after it.
template <class T, class F>
class DelayBatch final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  explicit DelayBatch(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    const progress::Time time = f_(input.time());
    if (this->frontier().less_than(time)) {
      waiting_.add(time, input.batch(), [&] { return output.retain(time); });
    } else {
      output.forward(input.batch(), output.retain(time));
    }
  }

  bool on_frontier(dataflow::Output<T>& output) override {
    return waiting_.release(this->frontier(), output, 1,
                            [&](const progress::Capability& at, std::span<data::Batch> batches) {
                              output.forward(std::exchange(batches.front(), data::Batch()), at);
                            });
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override {
    writer.section<Saved>([this](auto&& give) {
      waiting_.for_each([&](const progress::Time& time, const data::Batch& batch) {
        give({data::to_saved(time), data::to_saved(batch)});
      });
    });
  }
  void on_restore(data::SnapshotReader& reader) override {
    reader.section<Saved>([&](const Saved& saved) {
      if (reader.owns_rest()) {
        const progress::Time time = data::from_saved(saved.first);
        waiting_.add(time, data::from_saved(saved.second),
                     [&] { return this->context().initial(0, time); });
      }
    });
  }

 private:
  using Saved = std::pair<data::SavedTime, data::SavedBatch>;

  F f_;
  Delayed<data::Batch> waiting_;
};

}  // namespace eagre::operators
