// map, filter, flat_map, filter_map: stateless operators, as stages.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "runtime/operators/one_tap.h"

namespace eagre::operators {

// One record out for each record in. f: const In& -> Out.
template <class In, class Out, class F>
class Map final : public OneTap<In, Out> {
 public:
  explicit Map(F f) : f_(std::move(f)) {}

 private:
  void process(std::span<const In> records) override {
    const In* const in = records.data();
    this->out_.generate(records.size(), [this, in](std::size_t i) { return f_(in[i]); });
  }

  F f_;
};

// The records for which f holds. f: const T& -> bool.
template <class T, class F>
class Filter final : public OneTap<T, T> {
 public:
  explicit Filter(F f) : f_(std::move(f)) {}

 private:
  void process(std::span<const T> records) override { this->out_.give_if(records, f_); }

  F f_;
};

// Any number of records out for each record in. f: (const In&, give) -> void, give(const Out&).
template <class In, class Out, class F>
class FlatMap final : public OneTap<In, Out> {
 public:
  explicit FlatMap(F f) : f_(std::move(f)) {}

 private:
  void process(std::span<const In> records) override {
    if (this->isolates()) {
      process_whole(records.front());
      return;
    }
    auto give = [this](const Out& record) { this->out_.give(record); };
    for (const In& record : records) {
      f_(record, give);
    }
  }

  // What f has given before it throws is not given.
  void process_whole(const In& record) {
    std::vector<Out> given;
    auto give = [&given](const Out& out) { given.push_back(out); };
    f_(record, give);
    for (const Out& out : given) {
      this->out_.give(out);
    }
  }

  F f_;
};

// f: const In& -> std::optional<Out>; what is empty is left out.
template <class In, class Out, class F>
class FilterMap final : public OneTap<In, Out> {
 public:
  explicit FilterMap(F f) : f_(std::move(f)) {}

 private:
  void process(std::span<const In> records) override {
    for (const In& record : records) {
      if (auto out = f_(record)) {
        this->out_.give(*out);
      }
    }
  }

  F f_;
};

}  // namespace eagre::operators
