// Probes: let the driving program see how far streams have come.
#pragma once

#include <cstdint>

#include "runtime/dataflow/unary.h"

namespace eagre::operators {

// Of one stream; records pass on uncopied.
template <class T>
class Probe final : public dataflow::Unary<T, T> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit Probe(std::uint32_t id) : id_(id) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<T>& output) override {
    output.forward(input.batch());
  }

  // The frontier is that of all workers' instances; one of them tells it.
  bool on_frontier(dataflow::Output<T>&) override {
    if (this->worker() == 0) {
      this->context().publish(id_, this->frontier());
    }
    return false;
  }
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }

 private:
  std::uint32_t id_;
};

// Of any number of streams of any types: as far as the last of them.
class ProbeAll final : public dataflow::TypedOperator {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  ProbeAll(std::uint32_t id, std::uint32_t inputs) : id_(id), inputs_(inputs) {}

  void start(dataflow::Context& context) override { set_context(context); }
  void receive(std::uint32_t, const data::Batch&, dataflow::Context&) override {}

  bool advance(dataflow::Context& context) override {
    if (worker() == 0) {
      progress::Antichain all;
      for (std::uint32_t input = 0; input < inputs_; ++input) {
        for (const progress::Time& time : context.frontier(input)) {
          all.insert(time);
        }
      }
      context.publish(id_, all);
    }
    return false;
  }
  bool recovers() const override { return true; }
  bool rescales() const override { return true; }

 private:
  std::uint32_t id_;
  std::uint32_t inputs_;
};

}  // namespace eagre::operators
