// source: produces records from outside when asked, a bounded number at a time. It is polled only
// while its outputs have room, so a slow reader slows the source, not the memory; and only while it
// is not too many epochs ahead of its slowest instance and of the operators after it that take
// epochs in order, since these keep what comes early.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/data/snapshot.h"
#include "runtime/dataflow/one_output.h"

namespace eagre::operators {

// What a source gives records to. Threads: confined to one actor.
template <class T>
class SourceOutput {
 public:
  // `end`: the first epoch that is too far ahead; `allowance`: input records that may be read.
  SourceOutput(dataflow::Output<T>& output, progress::Capability& at, std::uint64_t end,
               std::uint64_t allowance)
      : output_(output),
        at_(at),
        end_epoch_(end),
        allowance_(allowance),
        session_(output.session(at)),
        begin_(output.given()),
        end_(static_cast<std::int64_t>(begin_) + kMaxRecords) {}

  // One record at the current epoch.
  void give(const T& record) { session_.give(record); }
  // Up to `n` records at the current epoch: make(0), make(1), and so on. Returns how many there
  // was room for; if that is fewer than `n`, this poll has produced enough. Numbers and other
  // packed records are made in one tight loop, which the compiler can vectorise.
  template <class Make>
  std::uint64_t generate(std::uint64_t n, Make&& make) {
    std::uint64_t made = 0;
    while (made != n && !full()) {
      const std::uint64_t some = std::min(n - made, kAtOnce);
      session_.generate(some, [&make, made](std::size_t i) { return make(made + i); });
      made += some;
    }
    return made;
  }
  // Moves to a later epoch: no record of an earlier one can follow.
  void advance_to(std::uint64_t epoch) {
    if (epoch != this->epoch()) {
      at_.downgrade(at_.time().with(0, epoch));
      session_ = output_.session(at_);
      too_far_ = epoch >= end_epoch_;
    }
  }
  std::uint64_t epoch() const { return at_.time()[0]; }
  // Counts one input record of `bytes`, which may have given any number of records, towards this
  // poll's share. Where it is not called, every record that is given is one of the input.
  void work(std::size_t bytes) {
    ++inputs_;
    end_ -= static_cast<std::int64_t>(bytes / kBytesForARecord);
  }
  // Input records so far, in whole blocks if work() is not called.
  std::uint64_t inputs() const { return inputs_ != 0 ? inputs_ : output_.given() - begin_; }
  // Whether this poll has produced enough: return, the next poll comes when there is room.
  bool full() const {
    return static_cast<std::int64_t>(output_.given()) >= end_ || output_.congested() || too_far_ ||
           inputs() >= allowance_;
  }

 private:
  // A poll is about one to a few batches.
  static constexpr std::int64_t kMaxRecords = 16 * 1024;
  static constexpr std::size_t kBytesForARecord = 16;
  static constexpr std::uint64_t kAtOnce = 1024;

  dataflow::Output<T>& output_;
  progress::Capability& at_;
  std::uint64_t end_epoch_;
  std::uint64_t allowance_;
  bool too_far_ = false;
  dataflow::Session<T> session_;
  std::uint64_t inputs_ = 0;
  // What the output had been given before, and how much when the poll is over.
  std::uint64_t begin_;
  std::int64_t end_;
};

// pull: (SourceOutput<T>&) -> bool, whether there may be more. When it returns false the source
// gives up its capability: its stream ends. It must give nothing once the output is full. The
// source can be restored if pull is Restartable: it then gives again exactly what it would have
// given, at the same epochs. Where only some can, restarts() says whether this one does.
template <class T, class Pull>
class Source final : public dataflow::OneOutput<T> {
 public:
  explicit Source(Pull pull) : pull_(std::move(pull)) {}

  void on_start() override { at_ = this->context().initial(0); }

  bool poll(dataflow::Context& context) override {
    if (!at_) {
      return false;  // restored at its end
    }
    const std::uint64_t end = end_epoch(context);
    if (at_->time()[0] >= end) {
      context.await_frontier();
      return true;
    }
    SourceOutput<T> output(this->output(), *at_, end, context.allowance());
    const bool more = pull_(output);
    context.count_inputs(output.inputs());
    if (more) {
      return true;
    }
    last_epoch_ = at_->time()[0];
    at_.reset();
    return false;
  }

  dataflow::SourcePosition source_position() const override {
    return {at_ ? at_->time()[0] : last_epoch_, !at_.has_value()};
  }
  bool recovers() const override {
    if constexpr (requires(const Pull& pull) { pull.restarts(); }) {
      return pull_.restarts();
    }
    return data::Restartable<Pull>;
  }
  bool rescales() const override { return data::Rescalable<Pull>; }
  void on_save(data::SnapshotWriter& writer) override {
    if constexpr (data::Restartable<Pull>) {
      writer.section<std::uint64_t>([this](auto&& give) {
        if (at_) {
          give(at_->time()[0]);
        }
      });
      pull_.save(writer);
    }
  }
  void on_restore(data::SnapshotReader& reader) override {
    if constexpr (data::Restartable<Pull>) {
      if (!std::exchange(restored_, true)) {
        at_.reset();
      }
      // As early as the earliest whose parts it may have to read.
      reader.section<std::uint64_t>([&](std::uint64_t epoch) {
        if (!at_ || epoch < at_->time()[0]) {
          at_ = this->context().initial(0, progress::Time({epoch}));
        }
      });
      pull_.restore(reader);
    }
  }

 private:
  static std::uint64_t end_epoch(const dataflow::Context& context) {
    std::uint64_t end = context.source_end();
    if (context.workers() != 1) {
      for (const progress::Time& time : context.frontier(0).elements()) {
        end = std::min(end, time[0] + context.lead());
      }
    }
    return end;
  }

  Pull pull_;
  std::optional<progress::Capability> at_;
  bool restored_ = false;
  // When it has ended.
  std::uint64_t last_epoch_ = 0;
};

}  // namespace eagre::operators
