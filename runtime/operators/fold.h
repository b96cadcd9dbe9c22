// Folds over the records of one key at one time, with one result a key when the time is complete:
// count, reduce and aggregate are folds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/key_table.h"
#include "runtime/operators/per_time.h"

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
    auto [states, added] = times_.at(input.time());
    if (added) {
      this->notify_at(output.retain());
    }
    auto& table = states;
    input.for_each([&](const T& record) { fold_(table[key_(record)], record); });
  }

  bool on_frontier(dataflow::Output<Out>& output) override {
    // A time may have many keys: stop when the receivers are full, and go on later.
    while (!leaving_ || emit_some(output)) {
      std::optional<progress::Capability> at = this->next_notification();
      if (!at) {
        return false;
      }
      auto table = times_.take(at->time());
      leaving_.emplace(std::move(*at), std::move(table));
    }
    return true;
  }

 private:
  using Table = KeyMap<K, State>;
  struct Leaving {
    Leaving(progress::Capability held, Table states)
        : at(std::move(held)), table(std::move(states)), next(table.begin()) {}
    progress::Capability at;
    Table table;
    typename Table::iterator next;
  };

  // Whether everything left.
  bool emit_some(dataflow::Output<Out>& output) {
    auto session = output.session(leaving_->at);
    while (leaving_->next != leaving_->table.end()) {
      if (output.congested()) {
        return false;
      }
      session.give(emit_(leaving_->next->first, leaving_->next->second));
      ++leaving_->next;
    }
    leaving_.reset();
    return true;
  }

  KeyOf key_;
  FoldOf fold_;
  Emit emit_;
  PerTime<Table> times_;
  std::optional<Leaving> leaving_;
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
