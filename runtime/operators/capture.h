// capture and replay: a stream as a record of what happened to it (batches and frontier moves),
// and a stream made again from such a record, in this dataflow or another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/dataflow/failure.h"
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
class Replay final : public dataflow::OneOutput<T> {
 public:
  explicit Replay(std::shared_ptr<const CaptureLog> log) : log_(std::move(log)) {}

  void on_start() override {
    for (std::size_t part = this->worker(); part < log_->parts.size(); part += this->workers()) {
      playing_.emplace_back(log_->parts[part], this->context().initial(0));
    }
  }

  // Plays a few events of each part in turn, so that none holds the others' times back for long.
  bool poll(dataflow::Context&) override {
    bool more = false;
    for (Part& part : playing_) {
      for (int i = 0; i < kEventsPerTurn && part.next < part.events->size(); ++i) {
        if (this->output().congested()) {
          return true;
        }
        play(part, (*part.events)[part.next++]);
      }
      if (part.next < part.events->size()) {
        more = true;
      } else {
        part.held.clear();
      }
    }
    return more;
  }

 private:
  static constexpr int kEventsPerTurn = 16;

  struct Part {
    Part(const std::vector<CaptureEvent>& recorded, progress::Capability initial)
        : events(&recorded) {
      held.push_back(std::move(initial));
    }
    const std::vector<CaptureEvent>* events;
    std::size_t next = 0;
    std::vector<progress::Capability> held;
  };

  void play(Part& part, const CaptureEvent& event) {
    if (event.batch) {
      this->output().forward(event.batch, held_before(part, event.batch.time()));
    }
    if (event.frontier) {
      std::vector<progress::Capability> next;
      for (const progress::Time& time : event.frontier->elements()) {
        next.push_back(held_before(part, time));
      }
      part.held = std::move(next);
    }
  }

  progress::Capability held_before(const Part& part, const progress::Time& time) const {
    for (const progress::Capability& capability : part.held) {
      if (less_equal(capability.time(), time)) {
        return capability.delayed(time);
      }
    }
    throw dataflow::MisuseError("time " + progress::to_string(time) +
                                " of the recorded stream does not fit here: a stream is replayed "
                                "in a scope as deep as the one it was captured in");
  }

  std::shared_ptr<const CaptureLog> log_;
  std::vector<Part> playing_;
};

}  // namespace eagre::operators
