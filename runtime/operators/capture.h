// capture and replay: a stream as a record of what happened to it (batches and frontier moves),
// and a stream made again from such a record, in this dataflow or another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/dataflow/unary.h"
#include "runtime/operators/sink.h"
#include "runtime/progress/antichain.h"

namespace eagre::operators {

// First the batch (if any) came, then the frontier became what is noted (if anything).
struct CaptureEvent {
  data::Batch batch;
  std::optional<progress::Antichain> frontier;
};

// One part a worker; each is written by its own instance only, and read after the dataflow ended.
// Threads: a part is confined to one actor until the dataflow has ended.
struct CaptureLog {
  std::vector<std::vector<CaptureEvent>> parts;
};

template <class T>
class Capture final : public dataflow::Unary<T, Nothing> {
 public:
  static constexpr progress::Interest kInterest = progress::Interest::always;
  explicit Capture(std::shared_ptr<CaptureLog> log) : log_(std::move(log)) {}

  void on_batch(const dataflow::Input<T>& input, dataflow::Output<Nothing>&) override {
    log_->parts.at(this->worker()).push_back({input.batch(), std::nullopt});
  }
  bool on_frontier(dataflow::Output<Nothing>&) override {
    log_->parts.at(this->worker()).push_back({data::Batch(), this->frontier()});
    return false;
  }

 private:
  std::shared_ptr<CaptureLog> log_;
};

// Plays the parts whose number modulo the workers is this worker's, whatever the number of workers
// that wrote them.
template <class T>
class Replay final : public dataflow::TypedOperator {
 public:
  explicit Replay(std::shared_ptr<const CaptureLog> log) : log_(std::move(log)) {}

  void start(dataflow::Context& context) override {
    set_context(context);
    output_.bind(context, 0);
    for (std::size_t part = worker(); part < log_->parts.size(); part += workers()) {
      playing_.emplace_back(log_->parts[part], context.initial(0));
    }
  }

  bool poll(dataflow::Context&) override {
    for (Part& part : playing_) {
      if (part.next < part.events.size()) {
        play(part);
        return true;
      }
      part.held.clear();
    }
    return false;
  }

 private:
  struct Part {
    Part(const std::vector<CaptureEvent>& recorded, progress::Capability initial)
        : events(recorded) {
      held.push_back(std::move(initial));
    }
    const std::vector<CaptureEvent>& events;
    std::size_t next = 0;
    std::vector<progress::Capability> held;
  };

  void play(Part& part) {
    const CaptureEvent& event = part.events[part.next++];
    if (event.batch) {
      for (const progress::Capability& capability : part.held) {
        if (less_equal(capability.time(), event.batch.time())) {
          output_.forward(event.batch, capability.delayed(event.batch.time()));
          break;
        }
      }
    }
    if (event.frontier) {
      std::vector<progress::Capability> next;
      for (const progress::Time& time : event.frontier->elements()) {
        for (const progress::Capability& capability : part.held) {
          if (less_equal(capability.time(), time)) {
            next.push_back(capability.delayed(time));
            break;
          }
        }
      }
      part.held = std::move(next);
    }
  }

  std::shared_ptr<const CaptureLog> log_;
  dataflow::Output<T> output_;
  std::vector<Part> playing_;
};

}  // namespace eagre::operators
