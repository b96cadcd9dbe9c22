// The typed side of an operator's output: records go in, batches come out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "runtime/dataflow/context.h"
#include "runtime/dataflow/output_port.h"
#include "runtime/dataflow/tap.h"

namespace eagre::dataflow {

template <class T>
class Output;

// Gives records to an output at one time. Valid until the next session of the same output opens or
// the operator's call returns.
// Threads: confined to one actor.
template <class T>
class Session {
 public:
  void give(const T& record) { tap_->give(record); }
  // Gives make(0), make(1), ... make(n - 1). For packed records it is one tight loop a block.
  template <class Make>
  void generate(std::size_t n, Make&& make) {
    tap_->generate(n, std::forward<Make>(make));
  }

 private:
  friend class Output<T>;
  explicit Session(Tap<T>& tap) : tap_(&tap) {}
  Tap<T>* tap_;
};

// Threads: confined to one actor.
template <class T>
class Output final {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Called once, by the operator base, before anything else.
  void bind(Context& context, std::uint32_t output) {
    context_ = &context;
    index_ = output;
    port_ = &context.output(output);
    tap_.bind(*port_, 0);
  }

  // Opens the output at the capability's time.
  Session<T> session(const progress::Capability& capability) {
    port_->open(capability);
    return Session<T>(tap_);
  }
  // Opens the output at the time of the batch that is being processed.
  Session<T> session() {
    context_->open_at_message(index_);
    return Session<T>(tap_);
  }
  // Keeps the right to send at the time of the batch that is being processed, or at a later time.
  progress::Capability retain() { return context_->retain(index_); }
  progress::Capability retain(const progress::Time& time) { return context_->retain(index_, time); }

  // Passes a whole batch on at the time of the batch that is being processed, records shared.
  void forward(const data::Batch& batch) {
    context_->open_at_message(index_);
    forward_open(batch);
  }
  // The same at the capability's time.
  void forward(const data::Batch& batch, const progress::Capability& capability) {
    port_->open(capability);
    forward_open(batch);
  }

  // How many records were given so far, in whole blocks; what was forwarded is not counted.
  std::uint64_t given() const { return tap_.given(); }
  // Whether receivers are full: stop as soon as convenient.
  bool congested() const { return port_->congested(); }

 private:
  void forward_open(const data::Batch& batch) {
    const progress::Time& time = *port_->open_time();
    if (batch.time() == time) {
      tap_.forward(batch);
      return;
    }
    data::Header header = batch.header();
    header.time = time;
    tap_.forward(batch.with_header(std::move(header)));
  }

  Context* context_ = nullptr;
  std::uint32_t index_ = 0;
  OutputPort* port_ = nullptr;
  Tap<T> tap_;
};

}  // namespace eagre::dataflow
