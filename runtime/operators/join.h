// join: hash join of two growing streams. A pair leaves at the least upper bound of the times of
// its halves, as soon as both are there; no frontier is awaited.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "runtime/dataflow/binary.h"
#include "runtime/state/key_table.h"

namespace eagre::operators {

// left_key: const L& -> K; right_key: const R& -> K; f: (const K&, const L&, const R&) -> Out.
// Keeps every record of both sides.
template <class L, class R, class K, class Out, class LeftKey, class RightKey, class F>
class Join final : public dataflow::Binary<L, R, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  Join(LeftKey left_key, RightKey right_key, F f)
      : left_key_(std::move(left_key)), right_key_(std::move(right_key)), f_(std::move(f)) {}

  void on_left(const dataflow::Input<L>& input, dataflow::Output<Out>& output) override {
    meet(input, output, left_key_, left_, right_,
         [this](const K& key, const L& left, const R& right) { return f_(key, left, right); });
  }

  void on_right(const dataflow::Input<R>& input, dataflow::Output<Out>& output) override {
    meet(input, output, right_key_, right_, left_,
         [this](const K& key, const R& right, const L& left) { return f_(key, left, right); });
  }

 private:
  template <class T>
  struct Timed {
    progress::Time time;
    T record;
  };
  template <class T>
  using Side = state::KeyTable<K, std::vector<Timed<T>>>;

  template <class Own, class Other, class KeyOf, class Pair>
  void meet(const dataflow::Input<Own>& input, dataflow::Output<Out>& output, const KeyOf& key_of,
            Side<Own>& own, Side<Other>& other, const Pair& pair) {
    const progress::Time& time = input.time();
    std::map<progress::Time, std::vector<Out>, progress::LexicographicLess> later;
    {
      auto session = output.session();
      input.for_each([&](const Own& record) {
        const K key = key_of(record);
        own.at(key).push_back({time, record});
        const auto* const found = other.find(key);
        if (found == nullptr) {
          return;
        }
        for (const Timed<Other>& match : *found) {
          if (less_equal(match.time, time)) {
            session.give(pair(key, record, match.record));
          } else {
            later[join(match.time, time)].push_back(pair(key, record, match.record));
          }
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

  LeftKey left_key_;
  RightKey right_key_;
  F f_;
  Side<L> left_;
  Side<R> right_;
};

}  // namespace eagre::operators
