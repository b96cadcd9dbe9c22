// Keyed<T, KeyOf>: a stream whose records have a key; each worker holds the keys that are its own.
// Results come when a time is complete, unless said otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/stream.h"
#include "runtime/api/traits.h"
#include "runtime/operators/fold.h"
#include "runtime/operators/join.h"
#include "runtime/operators/scan.h"
#include "runtime/operators/top_k.h"
#include "runtime/operators/total.h"

namespace eagre::api {

template <class T, class KeyOf, class At, class Shape>
class Windowed;

// Threads: confined to the thread that builds.
template <class T, class KeyOf>
class Keyed {
 public:
  using Record = T;
  using Key = Returned<KeyOf, const T&>;
  template <class V>
  using Pair = std::pair<Key, V>;

  const Stream<T>& stream() const { return stream_; }
  const KeyOf& key() const { return key_; }

  // (key, number of records) at each time.
  Stream<Pair<std::uint64_t>> count() const {
    return fold<std::uint64_t, Pair<std::uint64_t>>(
        "count", [](std::uint64_t& count, const T&) { ++count; },
        [](const Key& key, const std::uint64_t& count) { return Pair<std::uint64_t>(key, count); });
  }

  // (key, count so far) for every record, at once. Epochs are taken in order. Throws MisuseError
  // inside a loop, where rounds overlap: use scan() there.
  Stream<Pair<std::uint64_t>> running_count() const {
    stream_.check_epochs("running_count()");
    check_outside_loops("running_count()", "use scan() there");
    return stream_.template apply<operators::RunningCount<T, Key, KeyOf>>("running_count", key_);
  }

  // (key, one record) at each time. f: (const T&, const T&) -> T, commutative and associative.
  template <class F>
  Stream<Pair<T>> reduce(F f) const {
    struct State {
      bool any = false;
      T value{};
    };
    return fold<State, Pair<T>>(
        "reduce",
        [f](State& state, const T& record) {
          state.value = state.any ? f(std::as_const(state.value), record) : record;
          state.any = true;
        },
        [](const Key& key, State& state) { return Pair<T>(key, std::move(state.value)); });
  }

  // One result a key at each time. fold: (State&, const T&), called in the canonical order of the
  // records; emit: (const Key&, const State&) -> Out.
  template <class State, class FoldOf, class Emit>
  auto aggregate(FoldOf fold_of, Emit emit) const
      -> Stream<Returned<Emit, const Key&, const State&>> {
    using Out = Returned<Emit, const Key&, const State&>;
    using Ordered = operators::InCanonicalOrder<T, State, FoldOf>;
    const Ordered ordered{fold_of};
    return fold<typename Ordered::Waiting, Out>(
        "aggregate", ordered, [ordered, emit](const Key& key, typename Ordered::Waiting& waiting) {
          return emit(key, std::as_const(ordered).fold(waiting));
        });
  }

  // The same in the order of arrival, without keeping records: for folds whose result does not
  // depend on the order.
  template <class State, class FoldOf, class Emit>
  auto aggregate_any_order(FoldOf fold_of, Emit emit) const
      -> Stream<Returned<Emit, const Key&, const State&>> {
    return fold<State, Returned<Emit, const Key&, const State&>>(
        "aggregate", std::move(fold_of),
        [emit](const Key& key, State& state) { return emit(key, std::as_const(state)); });
  }

  // A state machine a key, over all times in order. step: (const Key&, State&, const T&, give).
  template <class State, class Out, class Step>
  Stream<Out> scan(Step step) const {
    stream_.check_epochs("scan()");
    return stream_.template apply<operators::Scan<T, Key, State, Out, KeyOf, Step>>(
        "scan", key_, std::move(step));
  }

  // (key, how often it came in all), once the whole input has been read, at the last of all epochs.
  // Throws MisuseError inside a loop.
  Stream<Pair<std::uint64_t>> total() const {
    stream_.check_epochs("total()");
    check_outside_loops("total()", "use count() there");
    return stream_.template apply<operators::Total<T, Key, KeyOf>>("total", key_);
  }

  // The k first records of each key at each time; before(a, b): a comes before b; ties by the
  // canonical order of records. (key, records, first one first).
  template <class Before>
  Stream<Pair<std::vector<T>>> top_k(std::size_t k, Before before) const {
    using State = operators::FirstK<T, Before>;
    return fold<State, Pair<std::vector<T>>>(
        "top_k", [k, before](State& state, const T& record) { state.add(record, k, before); },
        [before](const Key& key, State& state) {
          return Pair<std::vector<T>>(key, state.take(before));
        });
  }

  // The records in windows of event time, Tumbling, Sliding or Session. at: const T& -> event time,
  // that by which the stream was let into event time or a later one. Throws MisuseError outside of
  // event time, and in loops inside it.
  template <class At, class Shape>
  Windowed<T, KeyOf, At, Shape> window(At at, Shape shape) const {
    check_event_time("window()");
    // What is wrong with it is told where it is written.
    shape.spec();
    return {stream_, key_, std::move(at), std::move(shape)};
  }

  // An operator of the user's, derived from windows::KeyedProcess<Key, T, Out>, which takes records
  // in the order of event time and sets timers; args go to its constructor, once a worker. at as in
  // window().
  template <class Op, class At, class... Args>
  Stream<typename Op::OutputRecord> process(At at, const std::string& name, Args... args) const {
    check_event_time("process()");
    const Scope& scope = stream_.scope();
    const plan::NodeIndex node =
        scope.builder()->add_operator(scope.index(), name, {stream_.end()}, traits_of<Op>(1),
                                      [key = key_, at, args...](std::uint32_t, std::uint32_t) {
                                        auto op = std::make_unique<Op>(args...);
                                        op->bind(key, at);
                                        return op;
                                      });
    return {scope, scope.builder()->output(node, 0)};
  }

  // All pairs of records with equal keys, from both sides' whole histories, each at the least
  // upper bound of its halves' times, at once. f: (const Key&, const T&, const R&) -> Out.
  template <class R, class RightKey, class F>
  auto join(const Keyed<R, RightKey>& right, F f) const
      -> Stream<Returned<F, const Key&, const T&, const R&>> {
    static_assert(std::is_same_v<Key, typename Keyed<R, RightKey>::Key>,
                  "both sides of a join must have keys of one type: convert one side's key");
    using Out = Returned<F, const Key&, const T&, const R&>;
    return stream_.template apply_with<operators::Join<T, R, Key, Out, KeyOf, RightKey, F>>(
        right.stream(), "join", key_, right.key(), std::move(f));
  }

 private:
  template <class>
  friend class Stream;

  // `stream` is used with the pact that it has: what is kept by key from time to time needs an
  // exchange by that key.
  Keyed(Stream<T> stream, KeyOf key_of) : stream_(std::move(stream)), key_(std::move(key_of)) {}

  void check_outside_loops(const std::string& what, const std::string& instead) const {
    const Scope& scope = stream_.scope();
    if (scope.builder()->coordinates(scope.index()) != 1) {
      throw dataflow::MisuseError(what + " was used inside the loop \"" +
                                  scope.builder()->scope_name(scope.index()) + "\": " + instead);
    }
  }

  void check_event_time(const std::string& what) const {
    const Scope& scope = stream_.scope();
    if (!scope.builder()->has_event_time(scope.index())) {
      throw dataflow::MisuseError(
          what + " was used in \"" + scope.builder()->scope_name(scope.index()) +
          "\", where times have no event time: use assign_event_time() first");
    }
  }

  template <class State, class Out, class FoldOf, class Emit>
  Stream<Out> fold(const std::string& name, FoldOf fold_of, Emit emit) const {
    stream_.check_epochs(name + "()");
    return stream_.template apply<operators::Fold<T, Key, State, Out, KeyOf, FoldOf, Emit>>(
        name, key_, std::move(fold_of), std::move(emit));
  }

  Stream<T> stream_;
  KeyOf key_;
};

}  // namespace eagre::api
