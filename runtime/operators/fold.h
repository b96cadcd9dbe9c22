// Folds over the records of one key at one time, with one result a key when the time is complete:
// count, reduce and aggregate are folds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/per_time.h"
#include "runtime/state/key_table.h"

namespace eagre::operators {

// key: const T& -> K. fold: (State&, const T&) -> void, in the order of arrival: it must not matter
// (commutative and associative). emit: (const K&, State&) -> Out.
template <class T, class K, class State, class Out, class KeyOf, class FoldOf, class Emit>
class Fold final : public dataflow::Unary<T, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  Fold(KeyOf key, FoldOf fold, Emit emit)
      : key_(std::move(key)), fold_(std::move(fold)), emit_(std::move(emit)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Out>& output) override {
    Table& table = times_.at(input.time(), [&] { this->notify_at(output.retain()); });
    input.for_each_block(block_, [&](std::span<const T> records) {
      table.update(records, key_,
                   [this](const T& record, const K&, State& state, bool) { fold_(state, record); });
    });
  }

  bool on_frontier(dataflow::Output<Out>& output) override {
    // A time may have many keys: stop when the receivers are full, and go on later.
    while (!leaving_ || emit_some(output)) {
      std::optional<progress::Capability> at = this->next_notification();
      if (!at) {
        return false;
      }
      Table table = times_.take(at->time());
      leaving_.emplace(Leaving{std::move(*at), std::move(table), {}});
    }
    return true;
  }

  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  void on_save(data::SnapshotWriter&) override { times_.check_done(); }

 private:
  using Table = state::KeyTable<K, State>;
  struct Leaving {
    progress::Capability at;
    Table table;
    typename Table::Position next;
  };

  // Whether everything left.
  bool emit_some(dataflow::Output<Out>& output) {
    auto session = output.session(leaving_->at);
    const bool all = leaving_->table.visit(leaving_->next, [&](const K& key, State& state) {
      session.give(emit_(key, state));
      return !output.congested();
    });
    if (all) {
      times_.give_back(std::move(leaving_->table));
      leaving_.reset();
    }
    return all;
  }

  KeyOf key_;
  FoldOf fold_;
  Emit emit_;
  PerTime<Table> times_;
  std::optional<Leaving> leaving_;
  std::vector<T> block_;
};

// Turns a fold that minds the order into one that does not: records wait until their time is
// complete and are folded in canonical order (records that are equal are interchangeable).
template <class T, class State, class FoldOf>
struct InCanonicalOrder {
  using Waiting = std::vector<T>;

  void operator()(Waiting& waiting, const T& record) const { waiting.push_back(record); }

  State fold(Waiting& waiting) const {
    std::sort(waiting.begin(), waiting.end(), data::CanonicalLess<T>{});
    State state{};
    for (const T& record : waiting) {
      f(state, record);
    }
    return state;
  }

  FoldOf f;
};

}  // namespace eagre::operators
