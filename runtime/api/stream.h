// Stream<T>: what flows out of an operator, and all that can be done with it. A stream is a value
// that names an output, the way its next consumer receives it (the pact), and the scope it is in;
// every function adds to the plan and returns a new stream. Nothing runs until execute().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/api/handles.h"
#include "runtime/api/probe.h"
#include "runtime/api/scope.h"
#include "runtime/data/codec.h"
#include "runtime/data/pact.h"
#include "runtime/windows/watermark.h"

namespace eagre::api {

template <class T, class KeyOf>
class Keyed;
template <class T>
struct EventTimed;

template <class F, class... Args>
using Returned = std::decay_t<std::invoke_result_t<F&, Args...>>;

// Functions of the user are copied, once a worker: state inside one is that worker's own.
// Threads: confined to the thread that builds.
template <class T>
class Stream {
 public:
  using Record = T;

  Stream(Scope scope, StreamEnd end) : scope_(std::move(scope)), end_(std::move(end)) {
    end_.layout = data::Codec<T>::kLayout;
  }

  const Scope& scope() const { return scope_; }
  const StreamEnd& end() const { return end_; }

  // ---- how the next operator receives: pacts
  // To the worker that owns the key: f(record) -> key.
  template <class F>
  Stream exchange(F f) const;
  // To every worker.
  Stream broadcast() const;
  // To all workers in equal shares.
  Stream rebalance() const;
  // To worker 0.
  Stream gather() const;
  // To worker f(record) modulo the number of workers.
  template <class F>
  Stream route(F f) const;

  // The next operator gets actors of its own, whatever it is. Without a boundary an operator of
  // the next group runs inside the actors of the one it reads from (fusion), unless a pact or a
  // scope lies between.
  Stream boundary() const;

  // ---- record by record, fused
  // f: const T& -> U.
  template <class F>
  auto map(F f) const -> Stream<Returned<F, const T&>>;
  // f: const T& -> bool.
  template <class F>
  Stream filter(F f) const;
  // f: (const T&, give) -> void, with give(const U&) any number of times.
  template <class U, class F>
  Stream<U> flat_map(F f) const;
  // f: const T& -> std::optional<U>.
  template <class F>
  auto filter_map(F f) const -> Stream<typename Returned<F, const T&>::value_type>;
  // f: const T& -> void.
  template <class F>
  Stream inspect(F f) const;
  // f: (const Time&, const T&) -> void.
  template <class F>
  Stream inspect_time(F f) const;
  // {records for which f is false, records for which it is true}.
  template <class F>
  std::pair<Stream, Stream> branch(F f) const;
  // n streams; a record goes to the one numbered f(record), below n.
  template <class F>
  std::vector<Stream> partition(std::uint32_t n, F f) const;
  // f: const T& -> std::variant<Ok, Err>; {Ok stream, Err stream}.
  template <class Ok, class Err, class F>
  std::pair<Stream<Ok>, Stream<Err>> ok_err(F f) const;

  // ---- several streams
  Stream concat(const Stream& other) const;

  // ---- time
  // f: (const Time&, const T&) -> Time, at or after the record's; each record goes on when its
  // new time is reached.
  template <class F>
  Stream delay(F f) const;
  // f: const Time& -> Time, at or after it, for all records of a time at once; none is copied.
  template <class F>
  Stream delay_batch(F f) const;
  // All records at one epoch, kLastEpoch, when the input has ended: what follows sees it as a
  // whole, in however many epochs it was read.
  Stream in_one_epoch() const;

  // ---- event time: docs/event-time.md
  // Lets records into the dataflow's scope of event time, at their event time: at: const T& -> a
  // number that can be made a std::int64_t. A record is late if it is before the watermark of its
  // epoch: the newest event time of all epochs before, less the bound. Throws MisuseError in loops,
  // in event time, and for a bound below 0.
  template <class At>
  EventTimed<T> assign_event_time(At at, windows::Disorder disorder = {}) const;
  // The same with a watermark that is the least of those of the sources that are not idle;
  // source_of: const T& -> S, a record, such as the number of a sensor.
  template <class At, class SourceOf>
  EventTimed<T> assign_event_time(At at, SourceOf source_of, windows::Disorder disorder) const;

  // ---- what is known only when a time is complete
  // The number of records at each time, on worker 0.
  Stream<std::uint64_t> count() const;
  // The first of equal records at each time. Exchanges by record.
  Stream distinct() const;
  // The k first at each time, on worker 0. before(a, b): a comes before b; ties are broken by the
  // canonical order of records.
  template <class Before>
  Stream top_k(std::size_t k, Before before) const;

  // ---- keyed: exchange by key and give each worker its keys. f: const T& -> K.
  template <class F>
  Keyed<T, F> key_by(F f) const;

  // ---- operators of the user's own
  // A class derived from Unary<T, Out>; args go to its constructor, once a worker.
  template <class Op, class... Args>
  Stream<typename Op::OutputRecord> apply(const std::string& name, Args... args) const;
  // A class derived from Binary<T, R, Out>.
  template <class Op, class R, class... Args>
  Stream<typename Op::OutputRecord> apply_with(const Stream<R>& right, const std::string& name,
                                               Args... args) const;
  // f: (const Input<T>&, Output<Out>&) -> void.
  template <class Out, class F>
  Stream<Out> unary(const std::string& name, F f) const;
  // f: (const Input<T>* or null, const Antichain& frontier, Output<Out>&) -> void.
  template <class Out, class F>
  Stream<Out> unary_frontier(const std::string& name, F f) const;
  // batch: (State&, const Input<T>&, Output<Out>&, TypedOperator&) -> void;
  // notify: (State&, Capability, Output<Out>&) -> void.
  template <class Out, class State, class BatchF, class NotifyF>
  Stream<Out> unary_notify(const std::string& name, BatchF batch, NotifyF notify) const;
  // left: (const Input<T>&, Output<Out>&); right: (const Input<R>&, Output<Out>&).
  template <class Out, class R, class LeftF, class RightF>
  Stream<Out> binary(const Stream<R>& right_stream, const std::string& name, LeftF left,
                     RightF right) const;
  // f: (const Input<T>* or null, const Input<R>* or null, const Antichain& left frontier,
  // const Antichain& right frontier, Output<Out>&) -> void.
  template <class Out, class R, class F>
  Stream<Out> binary_frontier(const Stream<R>& right, const std::string& name, F f) const;
  // left: (State&, const Input<T>&, Output<Out>&, TypedOperator&) -> void; right: the same for R;
  // notify: (State&, Capability, Output<Out>&) -> void.
  template <class Out, class State, class R, class LeftF, class RightF, class NotifyF>
  Stream<Out> binary_notify(const Stream<R>& right_stream, const std::string& name, LeftF left,
                            RightF right, NotifyF notify) const;

  // ---- scopes
  Stream enter(const Scope& inner) const;
  Stream leave() const;
  // f: (const Loop&, Stream<T> rounds) -> Stream<T>: what f returns is fed back into `rounds` one
  // round later, beside this stream at round 0. The result leaves the loop, all rounds of it.
  template <class F>
  Stream iterate(const std::string& name, F f) const;

  // ---- ends
  Probe probe() const;
  // f: const T& -> void, on the worker where the record is.
  template <class F>
  void for_each(F f) const;
  // f: (const Time&, const T&) -> void.
  template <class F>
  void for_each_time(F f) const;
  // f: (const Time&, const std::vector<T>&) -> void on worker 0, once a complete time, in the
  // lexicographic order of times, records sorted by `less` and then canonically. In event time:
  // once a complete event time, whatever the epochs, the time's epoch being 0.
  template <class Less, class F>
  void sink(Less less, F f) const;
  template <class F>
  void sink(F f) const;
  // Lines of the program's result (stdout or --out): format: const T& -> std::string. In the order
  // of sink(); written when the dataflow has ended well.
  template <class Less, class Format>
  void write(Less less, Format format) const;
  template <class Format>
  void write(Format format) const;
  // All records, gathered on worker 0, each time sorted canonically; complete when execute()
  // returns.
  std::shared_ptr<std::vector<T>> collect() const;
  // Records what happens to the stream; replay it with Scope::replay after this dataflow ended.
  std::shared_ptr<operators::CaptureLog> capture() const;

  // The actors behind the operator that this stream comes from; of a fused operator, those in which
  // it runs.
  Handles handles() const;

  // For makers of operators: adds one of class Op over this stream (and others).
  template <class Op, class... Args>
  plan::NodeIndex add(const std::string& name, const std::vector<StreamEnd>& inputs,
                      std::uint32_t outputs, Args... args) const;
  // For makers of operators: adds a stage (dataflow::Stage<T>) that writes `taps` streams. The
  // result is the first of them.
  template <class S, class... Args>
  StreamEnd add_stage(const std::string& name, std::uint32_t taps, Args... args) const;

  // Throws MisuseError if `scope` belongs to another dataflow.
  void check_same_dataflow(const Scope& scope) const;
  // Throws MisuseError in event time, where `what`, which goes by epochs, would depend on the
  // schedule.
  void check_epochs(const std::string& what) const;

 private:
  Stream with(data::Pact pact) const {
    StreamEnd end = end_;
    end.pact = std::move(pact);
    return Stream(scope_, std::move(end));
  }
  template <class U>
  Stream<U> out(plan::NodeIndex node) const {
    return Stream<U>(scope_, scope_.builder()->output(node, 0));
  }
  // The stream that leaves from the i-th of a stage's taps.
  template <class U>
  Stream<U> out(StreamEnd first, std::uint32_t i = 0) const {
    first.tap += i;
    return Stream<U>(scope_, std::move(first));
  }

  Scope scope_;
  StreamEnd end_;
};

}  // namespace eagre::api

#include "runtime/api/event_timed.h"
#include "runtime/api/keyed.h"
#include "runtime/api/scope_impl.h"
#include "runtime/api/stream_impl.h"
#include "runtime/api/windowed.h"
