// The typed side of an output: records go in, batches come out.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "runtime/data/batch_writer.h"
#include "runtime/dataflow/context.h"
#include "runtime/dataflow/output_port.h"

namespace eagre::dataflow {

template <class T>
class Output;

// Gives records to an output at one time. Valid until the next session of the same output opens or
// the operator's call returns.
// Threads: confined to one actor.
template <class T>
class Session {
 public:
  void give(const T& record) { output_.append(record); }

 private:
  friend class Output<T>;
  explicit Session(Output<T>& output) : output_(output) {}
  Output<T>& output_;
};

// Threads: confined to one actor.
template <class T>
class Output final : public OpenBatch {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Called once, by the operator base, before anything else.
  void bind(Context& context, std::uint32_t output) {
    context_ = &context;
    index_ = output;
    port_ = &context.output(output);
    port_->attach(this);
  }

  // Opens the output at the capability's time.
  Session<T> session(const progress::Capability& capability) {
    port_->open(capability);
    return Session<T>(*this);
  }
  // Opens the output at the time of the batch that is being processed.
  Session<T> session() {
    context_->open_at_message(index_);
    return Session<T>(*this);
  }
  // Keeps the right to send at the time of the batch that is being processed, or at a later time.
  progress::Capability retain() { return context_->retain(index_); }
  progress::Capability retain(const progress::Time& time) { return context_->retain(index_, time); }

  // Passes a whole batch on at the time of the batch that is being processed, records shared.
  void forward(const data::Batch& batch) {
    context_->open_at_message(index_);
    send_shared(batch);
  }
  // The same at the capability's time.
  void forward(const data::Batch& batch, const progress::Capability& capability) {
    port_->open(capability);
    send_shared(batch);
  }

  // Whether receivers are full: stop as soon as convenient.
  bool congested() const { return port_->congested(); }

  bool empty() const override { return writer_.count() == 0; }
  data::Batch take(const data::Header& header) override {
    if (writer_.count() == 0) {
      return {};
    }
    return writer_.finish(header);
  }

 private:
  friend class Session<T>;

  void append(const T& record) {
    writer_.append(record);
    if (writer_.bytes() >= port_->batch_bytes()) [[unlikely]] {
      port_->flush_open();
    }
  }

  void send_shared(const data::Batch& batch) {
    port_->flush_open();
    if (batch.time() == *port_->open_time()) {
      port_->send(batch);
      return;
    }
    data::Header header = batch.header();
    header.time = *port_->open_time();
    port_->send(batch.with_header(header));
  }

  Context* context_ = nullptr;
  std::uint32_t index_ = 0;
  OutputPort* port_ = nullptr;
  data::BatchWriter<T> writer_;
};

}  // namespace eagre::dataflow
