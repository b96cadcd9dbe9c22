// map, filter, flat_map, filter_map: stateless operators over one batch at a time.
#pragma once

#include <utility>

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

// One record out for each record in. f: const In& -> Out.
template <class In, class Out, class F>
class Map final : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  explicit Map(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    auto session = output.session();
    input.for_each([&](const In& record) { session.give(f_(record)); });
  }

 private:
  F f_;
};

// The records for which f holds. f: const T& -> bool.
template <class T, class F>
class Filter final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  explicit Filter(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    auto session = output.session();
    input.for_each([&](const T& record) {
      if (f_(record)) {
        session.give(record);
      }
    });
  }

 private:
  F f_;
};

// Any number of records out for each record in. f: (const In&, give) -> void, give(const Out&).
template <class In, class Out, class F>
class FlatMap final : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  explicit FlatMap(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    auto session = output.session();
    auto give = [&session](const Out& record) { session.give(record); };
    input.for_each([&](const In& record) { f_(record, give); });
  }

 private:
  F f_;
};

// f: const In& -> std::optional<Out>; what is empty is left out.
template <class In, class Out, class F>
class FilterMap final : public dataflow::Unary<In, Out> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::never;
  explicit FilterMap(F f) : f_(std::move(f)) {}

  void on_batch(const dataflow::Input<In>& input, dataflow::Output<Out>& output) override {
    auto session = output.session();
    input.for_each([&](const In& record) {
      if (auto out = f_(record)) {
        session.give(*out);
      }
    });
  }

 private:
  F f_;
};

}  // namespace eagre::operators
