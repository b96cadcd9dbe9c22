// Operators written as lambdas: unary and binary, plain, with frontier, or with notifications.
#pragma once

#include <utility>

#include "runtime/dataflow/binary.h"
#include "runtime/dataflow/nary.h"
#include "runtime/dataflow/unary.h"

namespace eagre::operators {

// f: (const Input<In>&, Output<Out>&) -> void.
template <class In, class Out, class F>
class UnaryLambda final : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  explicit UnaryLambda(F f) : f_(std::move(f)) {}
  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    f_(input, output);
  }

 private:
  F f_;
};

// f: (const Input<In>*, const Antichain&, Output<Out>&) -> void: called for each batch, and with
// null when the frontier moved.
template <class In, class Out, class F>
class UnaryFrontierLambda final : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit UnaryFrontierLambda(F f) : f_(std::move(f)) {}
  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    f_(&input, this->frontier(), output);
  }
  bool on_frontier(dataflow::Output<Out>& output) override {
    f_(nullptr, this->frontier(), output);
    return false;
  }

 private:
  F f_;
};

// batch: (State&, const Input<In>&, Output<Out>&, Self&) -> void, where Self::notify_at asks for
// notify: (State&, Capability, Output<Out>&) -> void once the time is complete.
template <class In, class Out, class State, class BatchF, class NotifyF>
class UnaryNotifyLambda final : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  UnaryNotifyLambda(BatchF batch, NotifyF notify)
      : batch_(std::move(batch)), notify_(std::move(notify)) {}
  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    batch_(state_, input, output, static_cast<dataflow::TypedOperator&>(*this));
  }
  void on_notify(progress::Capability at, dataflow::Output<Out>& output) override {
    notify_(state_, std::move(at), output);
  }

 private:
  State state_{};
  BatchF batch_;
  NotifyF notify_;
};

// left: (const Input<L>&, Output<Out>&) -> void; right: the same for R.
template <class L, class R, class Out, class LeftF, class RightF>
class BinaryLambda final : public dataflow::Binary<L, R, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  BinaryLambda(LeftF left, RightF right) : left_(std::move(left)), right_(std::move(right)) {}
  void on_left(const dataflow::Input<L>& input, dataflow::Output<Out>& output) override {
    left_(input, output);
  }
  void on_right(const dataflow::Input<R>& input, dataflow::Output<Out>& output) override {
    right_(input, output);
  }

 private:
  LeftF left_;
  RightF right_;
};

}  // namespace eagre::operators
