// The functions of Stream<T>: each one a few lines that name an operator of runtime/operators.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/api/keyed.h"
#include "runtime/api/stream.h"
#include "runtime/api/traits.h"
#include "runtime/operators/capture.h"
#include "runtime/operators/concat.h"
#include "runtime/operators/count.h"
#include "runtime/operators/delay.h"
#include "runtime/operators/distinct.h"
#include "runtime/operators/for_each.h"
#include "runtime/operators/inspect.h"
#include "runtime/operators/lambda.h"
#include "runtime/operators/map.h"
#include "runtime/operators/ok_err.h"
#include "runtime/operators/partition.h"
#include "runtime/operators/probe.h"
#include "runtime/operators/sink.h"
#include "runtime/windows/event_sink.h"

namespace eagre::api {

template <class T>
void Stream<T>::check_same_dataflow(const Scope& scope) const {
  if (scope.builder() != scope_.builder()) {
    throw dataflow::MisuseError("a stream of another dataflow was used");
  }
}

template <class T>
void Stream<T>::check_epochs(const std::string& what) const {
  if (scope_.builder()->is_inside_event_time(scope_.index())) {
    throw dataflow::MisuseError(
        what +
        " was used in event time, where it would depend on the epochs in which windows leave, "
        "and so on the schedule: use window() there");
  }
}

template <class T>
template <class Op, class... Args>
plan::NodeIndex Stream<T>::add(const std::string& name, const std::vector<StreamEnd>& inputs,
                               std::uint32_t outputs, Args... args) const {
  return scope_.builder()->add_operator(
      scope_.index(), name, inputs, traits_of<Op>(outputs),
      [args...](std::uint32_t, std::uint32_t) { return std::make_unique<Op>(args...); });
}

template <class T>
template <class S, class... Args>
StreamEnd Stream<T>::add_stage(const std::string& name, std::uint32_t taps, Args... args) const {
  return scope_.builder()->add_stage(end_, name, taps, [args...](std::uint32_t, std::uint32_t) {
    return std::make_unique<S>(args...);
  });
}

template <class T>
template <class F>
Stream<T> Stream<T>::exchange(F f) const {
  return with(data::Pact::exchange<T>(std::move(f)));
}

template <class T>
Stream<T> Stream<T>::broadcast() const {
  return with(data::Pact::broadcast());
}

template <class T>
Stream<T> Stream<T>::rebalance() const {
  return with(data::Pact::rebalance<T>());
}

template <class T>
Stream<T> Stream<T>::gather() const {
  return with(data::Pact::gather());
}

template <class T>
template <class F>
Stream<T> Stream<T>::route(F f) const {
  return with(data::Pact::partition<T>(std::move(f)));
}

template <class T>
Stream<T> Stream<T>::boundary() const {
  StreamEnd end = end_;
  end.boundary = true;
  return Stream(scope_, std::move(end));
}

template <class T>
template <class F>
auto Stream<T>::map(F f) const -> Stream<Returned<F, const T&>> {
  using U = Returned<F, const T&>;
  return out<U>(add_stage<operators::Map<T, U, F>>("map", 1, std::move(f)));
}

template <class T>
template <class F>
Stream<T> Stream<T>::filter(F f) const {
  return out<T>(add_stage<operators::Filter<T, F>>("filter", 1, std::move(f)));
}

template <class T>
template <class U, class F>
Stream<U> Stream<T>::flat_map(F f) const {
  return out<U>(add_stage<operators::FlatMap<T, U, F>>("flat_map", 1, std::move(f)));
}

template <class T>
template <class F>
auto Stream<T>::filter_map(F f) const -> Stream<typename Returned<F, const T&>::value_type> {
  using U = typename Returned<F, const T&>::value_type;
  return out<U>(add_stage<operators::FilterMap<T, U, F>>("filter_map", 1, std::move(f)));
}

template <class T>
template <class F>
Stream<T> Stream<T>::inspect(F f) const {
  return inspect_time(
      [f = std::move(f)](const progress::Time&, const T& record) mutable { f(record); });
}

template <class T>
template <class F>
Stream<T> Stream<T>::inspect_time(F f) const {
  return out<T>(add_stage<operators::Inspect<T, F>>("inspect", 1, std::move(f)));
}

template <class T>
template <class F>
std::pair<Stream<T>, Stream<T>> Stream<T>::branch(F f) const {
  auto target = [f = std::move(f)](const T& record) mutable { return f(record) ? 1U : 0U; };
  const StreamEnd first =
      add_stage<operators::Partition<T, decltype(target)>>("branch", 2, 2U, std::move(target));
  return {out<T>(first, 0), out<T>(first, 1)};
}

template <class T>
template <class F>
std::vector<Stream<T>> Stream<T>::partition(std::uint32_t n, F f) const {
  const StreamEnd first = add_stage<operators::Partition<T, F>>("partition", n, n, std::move(f));
  std::vector<Stream<T>> streams;
  for (std::uint32_t i = 0; i < n; ++i) {
    streams.push_back(out<T>(first, i));
  }
  return streams;
}

template <class T>
template <class Ok, class Err, class F>
std::pair<Stream<Ok>, Stream<Err>> Stream<T>::ok_err(F f) const {
  const StreamEnd first = add_stage<operators::OkErr<T, Ok, Err, F>>("ok_err", 2, std::move(f));
  return {out<Ok>(first, 0), out<Err>(first, 1)};
}

template <class T>
Stream<T> Stream<T>::concat(const Stream& other) const {
  return scope_.concat<T>({*this, other});
}

template <class T>
template <class F>
Stream<T> Stream<T>::delay(F f) const {
  check_epochs("delay()");
  return out<T>(add<operators::Delay<T, F>>("delay", {end_}, 1, std::move(f)));
}

template <class T>
template <class F>
Stream<T> Stream<T>::delay_batch(F f) const {
  check_epochs("delay_batch()");
  return apply<operators::DelayBatch<T, F>>("delay", std::move(f));
}

template <class T>
Stream<T> Stream<T>::in_one_epoch() const {
  check_epochs("in_one_epoch()");
  const auto last = [](const progress::Time& time) { return time.with(0, progress::kLastEpoch); };
  return apply<operators::DelayBatch<T, decltype(last)>>("in one epoch", last);
}

template <class T>
Stream<std::uint64_t> Stream<T>::count() const {
  check_epochs("count()");
  const auto partial = out<std::uint64_t>(add<operators::LocalCount<T>>("count", {end_}, 1));
  return partial.gather().template apply<operators::Sum>("sum");
}

template <class T>
Stream<T> Stream<T>::distinct() const {
  check_epochs("distinct()");
  const Stream exchanged = exchange([](const T& record) { return record; });
  return out<T>(add<operators::Distinct<T>>("distinct", {exchanged.end_}, 1));
}

template <class T>
template <class Before>
Stream<T> Stream<T>::top_k(std::size_t k, Before before) const {
  // Each worker keeps its own k first, and worker 0 the k first of those.
  auto all = [](const T&) { return std::uint8_t{0}; };
  const auto first = [&](const Stream& stream) {
    using List = std::pair<std::uint8_t, std::vector<T>>;
    return Keyed<T, decltype(all)>(stream, all)
        .top_k(k, before)
        .template flat_map<T>([](const List& list, auto& give) {
          for (const T& record : list.second) {
            give(record);
          }
        });
  };
  return first(first(*this).gather());
}

template <class T>
template <class F>
Keyed<T, F> Stream<T>::key_by(F f) const {
  return Keyed<T, F>(exchange(f), f);
}

template <class T>
template <class Op, class... Args>
Stream<typename Op::OutputRecord> Stream<T>::apply(const std::string& name, Args... args) const {
  return out<typename Op::OutputRecord>(add<Op>(name, {end_}, 1, std::move(args)...));
}

template <class T>
template <class Op, class R, class... Args>
Stream<typename Op::OutputRecord> Stream<T>::apply_with(const Stream<R>& right,
                                                        const std::string& name,
                                                        Args... args) const {
  right.check_same_dataflow(scope_);
  return out<typename Op::OutputRecord>(add<Op>(name, {end_, right.end()}, 1, std::move(args)...));
}

template <class T>
template <class Out, class F>
Stream<Out> Stream<T>::unary(const std::string& name, F f) const {
  return apply<operators::UnaryLambda<T, Out, F>>(name, std::move(f));
}

template <class T>
template <class Out, class F>
Stream<Out> Stream<T>::unary_frontier(const std::string& name, F f) const {
  return apply<operators::UnaryFrontierLambda<T, Out, F>>(name, std::move(f));
}

template <class T>
template <class Out, class State, class BatchF, class NotifyF>
Stream<Out> Stream<T>::unary_notify(const std::string& name, BatchF batch, NotifyF notify) const {
  return apply<operators::UnaryNotifyLambda<T, Out, State, BatchF, NotifyF>>(name, std::move(batch),
                                                                             std::move(notify));
}

template <class T>
template <class Out, class R, class LeftF, class RightF>
Stream<Out> Stream<T>::binary(const Stream<R>& right_stream, const std::string& name, LeftF left,
                              RightF right) const {
  return apply_with<operators::BinaryLambda<T, R, Out, LeftF, RightF>>(
      right_stream, name, std::move(left), std::move(right));
}

template <class T>
template <class Out, class R, class F>
Stream<Out> Stream<T>::binary_frontier(const Stream<R>& right, const std::string& name, F f) const {
  return apply_with<operators::BinaryFrontierLambda<T, R, Out, F>>(right, name, std::move(f));
}

template <class T>
template <class Out, class State, class R, class LeftF, class RightF, class NotifyF>
Stream<Out> Stream<T>::binary_notify(const Stream<R>& right_stream, const std::string& name,
                                     LeftF left, RightF right, NotifyF notify) const {
  return apply_with<operators::BinaryNotifyLambda<T, R, Out, State, LeftF, RightF, NotifyF>>(
      right_stream, name, std::move(left), std::move(right), std::move(notify));
}

template <class T>
Stream<T> Stream<T>::enter(const Scope& inner) const {
  check_same_dataflow(inner);
  return Stream(inner, scope_.builder()->enter(end_, inner.index()));
}

template <class T>
Stream<T> Stream<T>::leave() const {
  if (scope_.builder()->leaves_event_time(scope_.index())) {
    check_epochs("leave()");
  }
  StreamEnd end = scope_.builder()->leave(end_);
  const plan::ScopeIndex outer = end.scope;
  return Stream(Scope(scope_.builder(), outer), std::move(end));
}

template <class T>
template <class F>
Stream<T> Stream<T>::iterate(const std::string& name, F f) const {
  const Loop loop = scope_.loop(name);
  const LoopVariable<T> variable(loop, name + " feedback");
  const Stream result = f(loop, loop.concat<T>({enter(loop), variable.stream()}));
  variable.connect(result);
  return result.leave();
}

template <class T>
Probe Stream<T>::probe() const {
  const std::uint32_t id = scope_.builder()->add_probe(scope_.index());
  add<operators::Probe<T>>("probe", {end_}, 1, id);
  return Probe(scope_.builder()->slot(), id, scope_.builder()->coordinates(scope_.index()));
}

template <class T>
template <class F>
void Stream<T>::for_each(F f) const {
  for_each_time([f = std::move(f)](const progress::Time&, const T& record) mutable { f(record); });
}

template <class T>
template <class F>
void Stream<T>::for_each_time(F f) const {
  add_stage<operators::ForEach<T, F>>("for_each", 0, std::move(f));
}

template <class T>
template <class Less, class F>
void Stream<T>::sink(Less less, F f) const {
  const Builder& builder = *scope_.builder();
  if (builder.has_event_time(scope_.index())) {
    add<windows::EventSink<T, Less, F>>("sink", {gather().end_}, 1, std::move(less), std::move(f));
    return;
  }
  if (builder.is_inside_event_time(scope_.index())) {
    throw dataflow::MisuseError("a stream inside the loop \"" + builder.scope_name(scope_.index()) +
                                "\" in event time cannot be written: leave the loop first");
  }
  add<operators::SortedSink<T, Less, F>>("sink", {gather().end_}, 1, std::move(less), std::move(f));
}

template <class T>
template <class F>
void Stream<T>::sink(F f) const {
  sink([](const T&, const T&) { return false; }, std::move(f));
}

template <class T>
template <class Less, class Format>
void Stream<T>::write(Less less, Format format) const {
  auto part = std::make_shared<std::string>();
  scope_.builder()->program().results.push_back(part);
  sink(std::move(less), operators::TextLines<T, Format>(part, std::move(format)));
}

template <class T>
template <class Format>
void Stream<T>::write(Format format) const {
  write([](const T&, const T&) { return false; }, std::move(format));
}

template <class T>
std::shared_ptr<std::vector<T>> Stream<T>::collect() const {
  auto collected = std::make_shared<std::vector<T>>();
  sink([collected](const progress::Time&, const std::vector<T>& records) {
    collected->insert(collected->end(), records.begin(), records.end());
  });
  return collected;
}

template <class T>
std::shared_ptr<operators::CaptureLog> Stream<T>::capture() const {
  auto log = std::make_shared<operators::CaptureLog>();
  scope_.builder()->add_operator(scope_.index(), "capture", {end_},
                                 traits_of<operators::Capture<T>>(1),
                                 [log](std::uint32_t, std::uint32_t workers) {
                                   log->parts.resize(workers);
                                   return std::make_unique<operators::Capture<T>>(log);
                                 });
  return log;
}

template <class T>
Handles Stream<T>::handles() const {
  return Handles(scope_.builder()->slot(), end_.node);
}

}  // namespace eagre::api
