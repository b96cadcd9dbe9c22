// Windowed: the records of a keyed stream in windows of event time; what is computed of each window
// is a stream of panes, one for each key and window that has records. A pane leaves when event time
// has passed its window, at the window's last event time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/api/stream.h"
#include "runtime/windows/folds.h"
#include "runtime/windows/sessions.h"
#include "runtime/windows/sliding.h"
#include "runtime/windows/tumbling.h"

namespace eagre::api {

// Windows one behind the other, of `size` units of event time each. One of them starts at `offset`.
struct Tumbling {
  std::int64_t size = 0;
  std::int64_t offset = 0;

  template <class... Types>
  using Operator = windows::TumblingWindows<Types...>;
  windows::Slicing spec() const { return {size, size, offset}; }
};

// A window of `size` units starts each `slide` units. Windows overlap if the slide is less than the
// size; if it is more, there are gaps between them, and records in a gap are in no window.
struct Sliding {
  std::int64_t size = 0;
  std::int64_t slide = 0;
  std::int64_t offset = 0;

  template <class... Types>
  using Operator = windows::SlidingWindows<Types...>;
  windows::Slicing spec() const { return {size, slide, offset}; }
};

// What comes without a pause of `gap` units.
struct Session {
  std::int64_t gap = 0;

  template <class... Types>
  using Operator = windows::SessionWindows<Types...>;
  windows::SessionGap spec() const { return windows::SessionGap(gap); }
};

// Functions that give numbers or values are called for each record; of: const T& -> V.
// Threads: confined to the thread that builds.
template <class T, class KeyOf, class At, class Shape>
class Windowed {
 public:
  using Key = Returned<KeyOf, const T&>;
  template <class V>
  using Panes = Stream<windows::Pane<Key, V>>;

  Windowed(Stream<T> stream, KeyOf key_of, At at, Shape shape)
      : stream_(std::move(stream)), key_of_(std::move(key_of)), at_(std::move(at)), shape_(shape) {}

  // The number of records.
  auto count() const { return add("window count", windows::CountFold<T>{}); }
  // Sums and means of numbers: of integers in 64 bits, of floats in fixed point, so that the order
  // of records does not matter; floats may be up to 2^26 (base::FixedSum).
  template <class Of>
  auto sum(Of of) const {
    return add("window sum", windows::SumFold<T, Of>{std::move(of)});
  }
  template <class Of>
  auto mean(Of of) const {
    return add("window mean", windows::MeanFold<T, Of>{std::move(of)});
  }
  // The least and the greatest value.
  template <class Of>
  auto min(Of of) const {
    return reduce_of("window min", std::move(of), windows::Least{});
  }
  template <class Of>
  auto max(Of of) const {
    return reduce_of("window max", std::move(of), windows::Greatest{});
  }
  // All records as one. f: (const T&, const T&) -> T, commutative and associative.
  template <class F>
  auto reduce(F f) const {
    return add("window reduce", windows::ReduceFold<T, F>{std::move(f)});
  }
  // How many different values there are.
  template <class Of>
  auto distinct(Of of) const {
    return add("window distinct", windows::DistinctFold<T, Of>{std::move(of)});
  }
  // The k first records; before(a, b): a comes before b; ties by the canonical order of records.
  template <class Before>
  auto top_k(std::size_t k, Before before) const {
    return add("window top_k", windows::TopFold<T, Before>{k, std::move(before)});
  }
  // All records, in canonical order.
  auto collect() const { return add("window collect", windows::CollectFold<T>{}); }
  // A fold of your own. add_to: (State&, const T&), records in any order; merge_into: (State&,
  // const State&), the state of another part of the window; result_of: const State& -> V.
  template <class State, class Add, class Merge, class Result>
  auto fold(Add add_to, Merge merge_into, Result result_of) const {
    return add("window fold", windows::UserFold<State, Add, Merge, Result>{
                                  std::move(add_to), std::move(merge_into), std::move(result_of)});
  }

 private:
  template <class Of, class F>
  auto reduce_of(const char* name, Of of, F f) const {
    using Reduce = windows::ReduceFold<Returned<Of, const T&>, F>;
    return add(name, windows::OfFold<T, Of, Reduce>{std::move(of), Reduce{std::move(f)}});
  }

  template <class Fold>
  auto add(const char* name, Fold fold) const -> Panes<windows::ResultOf<Fold, T>> {
    using Operator = typename Shape::template Operator<T, Key, KeyOf, At, Fold>;
    return stream_.template apply<Operator>(name, key_of_, at_, std::move(fold), shape_.spec());
  }

  Stream<T> stream_;
  KeyOf key_of_;
  At at_;
  Shape shape_;
};

}  // namespace eagre::api
