// Operators written as lambdas: unary, binary and n-ary, plain, with frontier, or with
// notifications. Plain ones are taken to keep nothing from call to call, and those with
// notifications to keep everything in State; those with frontier may keep anything, so they cannot
// be restored.
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
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
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

// What lambdas with state and notifications share. notify: (State&, Capability, Output<Out>&) ->
// void, once a time that was asked for (Self::notify_at) is complete at all inputs.
template <class Base, class State, class NotifyF>
class Notifying : public Base {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::while_holding;
  explicit Notifying(NotifyF notify) : notify_(std::move(notify)) {}
  void on_notify(progress::Capability at,
                 dataflow::Output<typename Base::OutputRecord>& output) final {
    notify_(state_, std::move(at), output);
  }

  bool recovers() const final { return data::Saveable<State>; }
  void on_save(data::SnapshotWriter& writer) final {
    if constexpr (data::Saveable<State>) {
      writer.value(data::to_record(state_));
    }
  }
  void on_restore(data::SnapshotReader& reader) final {
    if constexpr (data::Saveable<State>) {
      data::from_record(reader.value<data::SavedAs<State>>(), state_);
    }
  }

 protected:
  State& state() { return state_; }
  dataflow::TypedOperator& self() { return *this; }

 private:
  State state_{};
  NotifyF notify_;
};

// batch: (State&, const Input<In>&, Output<Out>&, Self&) -> void.
template <class In, class Out, class State, class BatchF, class NotifyF>
class UnaryNotifyLambda final : public Notifying<dataflow::Unary<In, Out>, State, NotifyF> {
 public:
  UnaryNotifyLambda(BatchF batch, NotifyF notify)
      : UnaryNotifyLambda::Notifying(std::move(notify)), batch_(std::move(batch)) {}
  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    batch_(this->state(), input, output, this->self());
  }

 private:
  BatchF batch_;
};

// left: (const Input<L>&, Output<Out>&) -> void; right: the same for R.
template <class L, class R, class Out, class LeftF, class RightF>
class BinaryLambda final : public dataflow::Binary<L, R, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
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

// f: (const Input<L>* or null, const Input<R>* or null, const Antichain& left, const Antichain&
// right, Output<Out>&) -> void: called for each batch of either side, and with two nulls when a
// frontier moved.
template <class L, class R, class Out, class F>
class BinaryFrontierLambda final : public dataflow::Binary<L, R, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit BinaryFrontierLambda(F f) : f_(std::move(f)) {}
  void on_left(const dataflow::Input<L>& input, dataflow::Output<Out>& output) override {
    f_(&input, kNoRight, this->frontier(0), this->frontier(1), output);
  }
  void on_right(const dataflow::Input<R>& input, dataflow::Output<Out>& output) override {
    f_(kNoLeft, &input, this->frontier(0), this->frontier(1), output);
  }
  bool on_frontier(dataflow::Output<Out>& output) override {
    f_(kNoLeft, kNoRight, this->frontier(0), this->frontier(1), output);
    return false;
  }

 private:
  static constexpr const dataflow::Input<L>* kNoLeft = nullptr;
  static constexpr const dataflow::Input<R>* kNoRight = nullptr;
  F f_;
};

// left: (State&, const Input<L>&, Output<Out>&, Self&) -> void; right: the same for R.
template <class L, class R, class Out, class State, class LeftF, class RightF, class NotifyF>
class BinaryNotifyLambda final : public Notifying<dataflow::Binary<L, R, Out>, State, NotifyF> {
 public:
  BinaryNotifyLambda(LeftF left, RightF right, NotifyF notify)
      : BinaryNotifyLambda::Notifying(std::move(notify)),
        left_(std::move(left)),
        right_(std::move(right)) {}
  void on_left(const dataflow::Input<L>& input, dataflow::Output<Out>& output) override {
    left_(this->state(), input, output, this->self());
  }
  void on_right(const dataflow::Input<R>& input, dataflow::Output<Out>& output) override {
    right_(this->state(), input, output, this->self());
  }

 private:
  LeftF left_;
  RightF right_;
};

// f: (std::uint32_t from, const Input<In>&, Output<Out>&) -> void.
template <class In, class Out, class F>
class NaryLambda final : public dataflow::Nary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }
  explicit NaryLambda(F f) : f_(std::move(f)) {}
  void on_batch(std::uint32_t from, const dataflow::Input<In>& input,
                dataflow::Output<Out>& output) override {
    f_(from, input, output);
  }

 private:
  F f_;
};

// batch: (State&, std::uint32_t from, const Input<In>&, Output<Out>&, Self&) -> void.
template <class In, class Out, class State, class BatchF, class NotifyF>
class NaryNotifyLambda final : public Notifying<dataflow::Nary<In, Out>, State, NotifyF> {
 public:
  NaryNotifyLambda(BatchF batch, NotifyF notify)
      : NaryNotifyLambda::Notifying(std::move(notify)), batch_(std::move(batch)) {}
  void on_batch(std::uint32_t from, const dataflow::Input<In>& input,
                dataflow::Output<Out>& output) override {
    batch_(this->state(), from, input, output, this->self());
  }

 private:
  BatchF batch_;
};

}  // namespace eagre::operators
