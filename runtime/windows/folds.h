// What is computed of the records in a window. A fold has a State, made by default, and
//   void add(State&, const T&)             a record, in any order
//   void merge(State&, const State& part)  the state of another part of the window
//   Result result(State&)                  of the whole window; the state is not used afterwards
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/base/fixed_sum.h"
#include "runtime/data/key.h"
#include "runtime/dataflow/failure.h"
#include "runtime/operators/top_k.h"

namespace eagre::windows {

template <class T>
struct CountFold {
  using State = std::uint64_t;
  void add(State& state, const T&) const { ++state; }
  void merge(State& state, const State& part) const { state += part; }
  State result(State& state) const { return state; }
};

// A sum that is the same in any order: of integers in 64 bits, of floats in fixed point.
// Throws MisuseError for floats that FixedSum cannot hold.
template <class V>
struct FreeSum {
  static_assert(std::is_arithmetic_v<V>, "only numbers are summed");
  using Exact =
      std::conditional_t<std::is_floating_point_v<V>, base::FixedSum,
                         std::conditional_t<std::is_signed_v<V>, std::int64_t, std::uint64_t>>;
  using Value = std::conditional_t<std::is_floating_point_v<V>, double, Exact>;

  static void add(Exact& sum, V value) {
    if constexpr (std::is_floating_point_v<V>) {
      if (!base::FixedSum::in_range(value)) {
        throw dataflow::MisuseError(
            "sums of floats hold terms of up to 2^26 (67 million); scale them, or fold them in a "
            "way of your own");
      }
      sum.add(value);
    } else {
      sum += static_cast<Exact>(value);
    }
  }
  static void merge(Exact& sum, const Exact& part) {
    if constexpr (std::is_floating_point_v<V>) {
      sum.merge(part);
    } else {
      sum += part;
    }
  }
  static Value value(const Exact& sum) {
    if constexpr (std::is_floating_point_v<V>) {
      return sum.value();
    } else {
      return sum;
    }
  }
};

// of: const T& -> a number.
template <class T, class Of>
struct SumFold {
  using Sum = FreeSum<std::decay_t<std::invoke_result_t<Of&, const T&>>>;
  using State = typename Sum::Exact;
  void add(State& state, const T& record) { Sum::add(state, of(record)); }
  void merge(State& state, const State& part) const { Sum::merge(state, part); }
  typename Sum::Value result(State& state) const { return Sum::value(state); }
  Of of;
};

template <class T, class Of>
struct MeanFold {
  using Sum = FreeSum<std::decay_t<std::invoke_result_t<Of&, const T&>>>;
  struct State {
    typename Sum::Exact sum{};
    std::uint64_t count = 0;
  };
  void add(State& state, const T& record) {
    Sum::add(state.sum, of(record));
    ++state.count;
  }
  void merge(State& state, const State& part) const {
    Sum::merge(state.sum, part.sum);
    state.count += part.count;
  }
  double result(State& state) const {
    return static_cast<double>(Sum::value(state.sum)) / static_cast<double>(state.count);
  }
  Of of;
};

// Any two records or states of the window as one; f is commutative and associative.
template <class V, class F>
struct ReduceFold {
  struct State {
    bool any = false;
    V value{};
  };
  void add(State& state, const V& value) {
    state.value = state.any ? f(std::as_const(state.value), value) : value;
    state.any = true;
  }
  void merge(State& state, const State& part) {
    if (part.any) {
      add(state, part.value);
    }
  }
  V result(State& state) const { return std::move(state.value); }
  F f;
};

// Folds what `of` makes of each record.
template <class T, class Of, class Fold>
struct OfFold {
  using State = typename Fold::State;
  void add(State& state, const T& record) { fold.add(state, of(record)); }
  void merge(State& state, const State& part) { fold.merge(state, part); }
  auto result(State& state) { return fold.result(state); }
  Of of;
  Fold fold;
};

// The first and the last of all in the canonical order, which is that of numbers and of text.
struct Least {
  template <class V>
  V operator()(const V& a, const V& b) const {
    return data::CanonicalLess<V>{}(b, a) ? b : a;
  }
};
struct Greatest {
  template <class V>
  V operator()(const V& a, const V& b) const {
    return data::CanonicalLess<V>{}(a, b) ? b : a;
  }
};

// Different values, as a record: in canonical order.
template <class V>
class ValueSet {
 public:
  void add(const V& value) { values_.insert(value); }
  void merge(const ValueSet& part) { values_.insert(part.values_.begin(), part.values_.end()); }
  std::uint64_t size() const { return values_.size(); }

  std::vector<V> saved() const { return {values_.begin(), values_.end()}; }
  void restore(const std::vector<V>& saved) { values_ = {saved.begin(), saved.end()}; }

 private:
  std::set<V, data::CanonicalLess<V>> values_;
};

template <class T, class Of>
struct DistinctFold {
  using State = ValueSet<std::decay_t<std::invoke_result_t<Of&, const T&>>>;
  void add(State& state, const T& record) { state.add(of(record)); }
  void merge(State& state, const State& part) const { state.merge(part); }
  std::uint64_t result(State& state) const { return state.size(); }
  Of of;
};

// All records, in canonical order.
template <class T>
struct CollectFold {
  using State = std::vector<T>;
  void add(State& state, const T& record) const { state.push_back(record); }
  void merge(State& state, const State& part) const {
    state.insert(state.end(), part.begin(), part.end());
  }
  State result(State& state) const {
    std::sort(state.begin(), state.end(), data::CanonicalLess<T>{});
    return std::move(state);
  }
};

template <class T, class Before>
struct TopFold {
  using State = operators::FirstK<T, Before>;
  void add(State& state, const T& record) const { state.add(record, k, before); }
  void merge(State& state, const State& part) const {
    for (const T& record : part.saved()) {
      state.add(record, k, before);
    }
  }
  std::vector<T> result(State& state) const { return state.take(before); }
  std::size_t k = 0;
  Before before;
};

// A fold of the user's: three functions.
template <class StateT, class Add, class Merge, class Result>
struct UserFold {
  using State = StateT;
  template <class T>
  void add(State& state, const T& record) {
    add_to(state, record);
  }
  void merge(State& state, const State& part) { merge_into(state, part); }
  auto result(State& state) { return result_of(std::as_const(state)); }
  Add add_to;
  Merge merge_into;
  Result result_of;
};

}  // namespace eagre::windows
