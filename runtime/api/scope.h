// Scopes: where a dataflow is written. The outermost scope makes inputs and sources; loops and
// regions are scopes inside it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/builder.h"
#include "runtime/api/input_handle.h"
#include "runtime/api/probe.h"
#include "runtime/operators/capture.h"
#include "runtime/operators/feed_input.h"
#include "runtime/operators/source.h"

namespace eagre::api {

template <class T>
class Stream;
class Loop;

// Cheap to copy; copies mean the same scope.
// Threads: confined to the thread that builds.
class Scope {
 public:
  Scope(std::shared_ptr<Builder> builder, plan::ScopeIndex index)
      : builder_(std::move(builder)), index_(index) {}

  // An input that the driving function feeds, epoch by epoch.
  template <class T>
  InputHandle<T> new_input(const std::string& name) const;
  // An input at any epochs for which the driving function keeps a hold.
  template <class T>
  UnorderedInputHandle<T> new_unordered_input(const std::string& name) const;

  // A source: make(worker, workers) makes each worker's pull function,
  // (SourceOutput<T>&) -> bool, which gives some records and returns whether there may be more.
  template <class T, class Make>
  Stream<T> source(const std::string& name, Make make) const;
  // The given records at epoch 0, spread over the workers.
  template <class T>
  Stream<T> to_stream(std::vector<T> records, const std::string& name = "to_stream") const;
  // What capture() recorded, played again.
  template <class T>
  Stream<T> replay(std::shared_ptr<const operators::CaptureLog> log,
                   const std::string& name = "replay") const;
  // All streams as one.
  template <class T>
  Stream<T> concat(const std::vector<Stream<T>>& streams) const;

  // ---- operators over any number of streams
  // A class derived from Nary<In, Out>; args go to its constructor, once a worker.
  template <class Op, class In, class... Args>
  Stream<typename Op::OutputRecord> apply_all(const std::vector<Stream<In>>& streams,
                                              const std::string& name, Args... args) const;
  // f: (std::uint32_t from, const Input<In>&, Output<Out>&) -> void; `from` numbers the streams.
  template <class Out, class In, class F>
  Stream<Out> nary(const std::vector<Stream<In>>& streams, const std::string& name, F f) const;
  // batch: (State&, std::uint32_t from, const Input<In>&, Output<Out>&, TypedOperator&) -> void;
  // notify: (State&, Capability, Output<Out>&) -> void.
  template <class Out, class State, class In, class BatchF, class NotifyF>
  Stream<Out> nary_notify(const std::vector<Stream<In>>& streams, const std::string& name,
                          BatchF batch, NotifyF notify) const;
  // A probe that has come as far as the last of several streams, of any types.
  template <class... Ts>
  Probe probe(const Stream<Ts>&... streams) const;

  // A loop scope: times inside carry one more coordinate, the round.
  Loop loop(const std::string& name) const;
  // A scope that only groups.
  Scope region(const std::string& name) const {
    return Scope(builder_, builder_->add_scope(index_, name, plan::ScopeKind::region));
  }

  // A part of the program's result with text of its own, at its place among the parts that
  // Stream::write makes. The driving function may append to it.
  std::shared_ptr<std::string> result(std::string text = {}) const {
    auto part = std::make_shared<std::string>(std::move(text));
    builder_->program().results.push_back(part);
    return part;
  }

  // Runs in the thread that called execute(), while the dataflow runs. Inputs that are still open
  // when it returns are closed.
  // At most one for a dataflow: throws MisuseError for a second one.
  void drive(std::function<void()> driver) const { builder_->set_drive(std::move(driver)); }

  // How many records of a source's part an epoch has, for sources that cut epochs by their input:
  // what --epoch-records says, or else `by_default`.
  std::uint64_t epoch_records(std::uint64_t by_default) const {
    return builder_->epoch_records().value_or(by_default);
  }

  // For makers of operators.
  const std::shared_ptr<Builder>& builder() const { return builder_; }
  plan::ScopeIndex index() const { return index_; }

 private:
  template <class Input, class Handle, class T>
  Handle add_input(const std::string& name) const;
  template <class T>
  std::vector<StreamEnd> ends_of(const std::vector<Stream<T>>& streams) const;

  std::shared_ptr<Builder> builder_;
  plan::ScopeIndex index_;
};

// A loop scope.
class Loop : public Scope {
 public:
  using Scope::Scope;
};

// A stream that a loop feeds back: what goes in by connect() comes out of stream() one round
// later.
// Threads: confined to the thread that builds.
template <class T>
class LoopVariable {
 public:
  LoopVariable(const Loop& loop, const std::string& name);
  Stream<T> stream() const;
  // Closes the loop. Exactly once.
  void connect(const Stream<T>& stream) const;

 private:
  Loop loop_;
  plan::NodeIndex node_;
};

}  // namespace eagre::api
