// join: hash join of two growing streams. A pair leaves at the least upper bound of the times of
// its halves, as soon as both are there; no frontier is awaited.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "runtime/data/snapshot.h"
#include "runtime/dataflow/binary.h"
#include "runtime/operators/times_met.h"
#include "runtime/state/key_table.h"
#include "runtime/state/list_arena.h"

namespace eagre::operators {

// left_key: const L& -> K; right_key: const R& -> K; f: (const K&, const L&, const R&) -> Out.
// Keeps every record of both sides.
template <class L, class R, class K, class Out, class LeftKey, class RightKey, class F>
class Join final : public dataflow::Binary<L, R, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  Join(LeftKey left_key, RightKey right_key, F f)
      : left_(std::move(left_key)), right_(std::move(right_key)), f_(std::move(f)) {}

  void on_left(const dataflow::Input<L>& input, dataflow::Output<Out>& output) override {
    meet(input, output, left_, right_,
         [this](const K& key, const L& left, const R& right) { return f_(key, left, right); });
  }

  void on_right(const dataflow::Input<R>& input, dataflow::Output<Out>& output) override {
    meet(input, output, right_, left_,
         [this](const K& key, const R& right, const L& left) { return f_(key, left, right); });
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter& writer) override {
    left_.save(writer);
    right_.save(writer);
  }
  void on_restore(data::SnapshotReader& reader) override {
    left_.restore(reader);
    right_.restore(reader);
  }

 private:
  // What came in at one input.
  template <class T, class KeyOf>
  struct Side {
    struct Kept {
      T record;
      // Its time.
      std::uint32_t number;
    };
    using List = state::List<Kept>;
    using Record = T;
    using Window = state::KeyWindow<T, KeyOf>;

    struct Saved {
      T record;
      data::SavedTime time;
    };

    explicit Side(KeyOf key_of) : key(std::move(key_of)) {}

    void save(data::SnapshotWriter& writer) {
      writer.section<Saved>([this](auto&& give) {
        table.for_each([&](const K&, const List& list) {
          for (const Kept& kept : list.elements()) {
            give({kept.record, data::to_saved(times.time(kept.number))});
          }
        });
      });
    }
    void restore(data::SnapshotReader& reader) {
      reader.section<Saved>([&](const Saved& saved) {
        const K key_of_record = key(saved.record);
        if (reader.owns_key(key_of_record)) {
          const std::uint32_t number = times.number_of(data::from_saved(saved.time));
          table.at(key_of_record).push({saved.record, number}, arena);
        }
      });
    }

    KeyOf key;
    state::KeyTable<K, List> table;
    state::BlockArena arena{List::kBytes};
    TimesMet times;
    std::vector<T> block;
  };
  using Later = std::map<progress::Time, std::vector<Out>, progress::LexicographicLess>;

  template <class Own, class Other, class Pair>
  void meet(const dataflow::Input<typename Own::Record>& input, dataflow::Output<Out>& output,
            Own& own, Other& other, const Pair& pair) {
    using T = typename Own::Record;
    const std::uint32_t number = own.times.number_of(input.time());
    other.times.compare_with(input.time());
    Later later;
    {
      auto session = output.session();
      input.for_each_block(own.block, [&](std::span<const T> records) {
        for (std::size_t begin = 0; begin < records.size(); begin += Own::Window::kMost) {
          const std::size_t end = std::min(begin + Own::Window::kMost, records.size());
          meet_window(records.subspan(begin, end - begin), number, own, other, pair, session,
                      later);
        }
      });
    }
    for (const auto& [at, records] : later) {
      auto session = output.session(output.retain(at));
      for (const Out& record : records) {
        session.give(record);
      }
    }
  }

  template <class T, class Own, class Other, class Pair>
  void meet_window(std::span<const T> records, std::uint32_t number, Own& own, Other& other,
                   const Pair& pair, dataflow::Session<Out>& session, Later& later) {
    typename Own::Window window;
    window.read(records, own.key);
    const auto own_guesses = own.table.look_for(window);
    const auto other_guesses = other.table.look_for(window);
    std::array<const typename Other::List*, Own::Window::kMost> found;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto* const list = own.table.find(window.key(i), window.hash(i), own_guesses[i]);
      if (list != nullptr) {
        list->prefetch_end();
      }
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
      own.table.place(window.key(i), window.hash(i), own_guesses[i])
          .first.push({records[i], number}, own.arena);
      found[i] = other.table.find(window.key(i), window.hash(i), other_guesses[i]);
      if (found[i] != nullptr) {
        found[i]->prefetch();
      }
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (found[i] == nullptr) {
        continue;
      }
      for (const auto& match : found[i]->elements()) {
        if (other.times.is_before(match.number)) {
          session.give(pair(window.key(i), records[i], match.record));
        } else {
          later[join(other.times.time(match.number), own.times.time(number))].push_back(
              pair(window.key(i), records[i], match.record));
        }
      }
    }
  }

  Side<L, LeftKey> left_;
  Side<R, RightKey> right_;
  F f_;
};

}  // namespace eagre::operators
