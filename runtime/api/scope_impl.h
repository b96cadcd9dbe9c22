// The functions of Scope and LoopVariable that need Stream.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/api/stream.h"
#include "runtime/api/traits.h"
#include "runtime/operators/concat.h"
#include "runtime/operators/feedback.h"
#include "runtime/operators/lambda.h"
#include "runtime/operators/probe.h"

namespace eagre::api {

template <class T>
InputHandle<T> Scope::new_input(const std::string& name) const {
  return add_input<OrderedInput<T>, InputHandle<T>, T>(name);
}

template <class T>
UnorderedInputHandle<T> Scope::new_unordered_input(const std::string& name) const {
  return add_input<UnorderedInput<T>, UnorderedInputHandle<T>, T>(name);
}

template <class Input, class Handle, class T>
Handle Scope::add_input(const std::string& name) const {
  if (builder_->coordinates(index_) != 1) {
    throw dataflow::MisuseError("input \"" + name + "\" is in the loop \"" +
                                builder_->scope_name(index_) +
                                "\": make it outside and use enter()");
  }
  const plan::NodeIndex node = builder_->add_operator(
      index_, name, {}, {},
      [](std::uint32_t, std::uint32_t) { return std::make_unique<operators::FeedInput>(); });
  Program& program = builder_->program();
  auto input = std::make_shared<Input>(program.slot, node, name);
  program.inputs.push_back(input);
  return Handle(std::move(input),
                std::make_shared<const Stream<T>>(*this, builder_->output(node, 0)));
}

template <class T, class Make>
Stream<T> Scope::source(const std::string& name, Make make) const {
  using Pull = std::decay_t<std::invoke_result_t<Make&, std::uint32_t, std::uint32_t>>;
  const plan::NodeIndex node = builder_->add_operator(
      index_, name, {}, {.polls = true, .paced = true},
      [make](std::uint32_t worker, std::uint32_t workers) {
        return std::make_unique<operators::Source<T, Pull>>(make(worker, workers));
      });
  return Stream<T>(*this, builder_->output(node, 0));
}

template <class T>
Stream<T> Scope::to_stream(std::vector<T> records, const std::string& name) const {
  auto shared = std::make_shared<const std::vector<T>>(std::move(records));
  return source<T>(name, [shared](std::uint32_t worker, std::uint32_t workers) {
    return [shared, next = static_cast<std::size_t>(worker),
            workers](operators::SourceOutput<T>& output) mutable {
      for (; next < shared->size() && !output.full(); next += workers) {
        output.give((*shared)[next]);
      }
      return next < shared->size();
    };
  });
}

template <class T>
Stream<T> Scope::replay(std::shared_ptr<const operators::CaptureLog> log,
                        const std::string& name) const {
  const plan::NodeIndex node = builder_->add_operator(
      index_, name, {}, {.polls = true},
      [log](std::uint32_t, std::uint32_t) { return std::make_unique<operators::Replay<T>>(log); });
  return Stream<T>(*this, builder_->output(node, 0));
}

template <class T>
Stream<T> Scope::concat(const std::vector<Stream<T>>& streams) const {
  return apply_all<operators::Concat<T>>(streams, "concat");
}

template <class T>
std::vector<StreamEnd> Scope::ends_of(const std::vector<Stream<T>>& streams) const {
  std::vector<StreamEnd> ends;
  for (const Stream<T>& stream : streams) {
    stream.check_same_dataflow(*this);
    ends.push_back(stream.end());
  }
  return ends;
}

template <class Op, class In, class... Args>
Stream<typename Op::OutputRecord> Scope::apply_all(const std::vector<Stream<In>>& streams,
                                                   const std::string& name, Args... args) const {
  const plan::NodeIndex node = builder_->add_operator(
      index_, name, ends_of(streams), traits_of<Op>(1),
      [args...](std::uint32_t, std::uint32_t) { return std::make_unique<Op>(args...); });
  return Stream<typename Op::OutputRecord>(*this, builder_->output(node, 0));
}

template <class Out, class In, class F>
Stream<Out> Scope::nary(const std::vector<Stream<In>>& streams, const std::string& name,
                        F f) const {
  return apply_all<operators::NaryLambda<In, Out, F>>(streams, name, std::move(f));
}

template <class Out, class State, class In, class BatchF, class NotifyF>
Stream<Out> Scope::nary_notify(const std::vector<Stream<In>>& streams, const std::string& name,
                               BatchF batch, NotifyF notify) const {
  return apply_all<operators::NaryNotifyLambda<In, Out, State, BatchF, NotifyF>>(
      streams, name, std::move(batch), std::move(notify));
}

template <class... Ts>
Probe Scope::probe(const Stream<Ts>&... streams) const {
  (streams.check_same_dataflow(*this), ...);
  const std::uint32_t id = builder_->add_probe(index_);
  OperatorTraits traits = traits_of<operators::ProbeAll>(0);
  builder_->add_operator(
      index_, "probe", {streams.end()...}, traits, [id](std::uint32_t, std::uint32_t) {
        return std::make_unique<operators::ProbeAll>(id, static_cast<std::uint32_t>(sizeof...(Ts)));
      });
  return Probe(builder_->slot(), id, builder_->coordinates(index_));
}

inline Loop Scope::loop(const std::string& name) const {
  return Loop(builder_, builder_->add_scope(index_, name, plan::ScopeKind::loop));
}

template <class T>
LoopVariable<T>::LoopVariable(const Loop& loop, const std::string& name)
    : loop_(loop),
      node_(loop.builder()->add_feedback(loop.index(), name, [](std::uint32_t, std::uint32_t) {
        return std::make_unique<operators::Feedback<T>>();
      })) {}

template <class T>
Stream<T> LoopVariable<T>::stream() const {
  return Stream<T>(loop_, loop_.builder()->output(node_, 0));
}

template <class T>
void LoopVariable<T>::connect(const Stream<T>& stream) const {
  stream.check_same_dataflow(loop_);
  loop_.builder()->connect(stream.end(), node_, 0);
}

}  // namespace eagre::api
