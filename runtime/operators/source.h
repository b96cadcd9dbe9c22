// source: produces records from outside when asked, a bounded number at a time. It is polled only
// while its outputs have room, so a slow reader slows the source, not the memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/dataflow/one_output.h"

namespace eagre::operators {

// What a source gives records to. Threads: confined to one actor.
template <class T>
class SourceOutput {
 public:
  SourceOutput(dataflow::Output<T>& output, progress::Capability& at)
      : output_(output),
        at_(at),
        session_(output.session(at)),
        end_(static_cast<std::int64_t>(output.given()) + kMaxRecords) {}

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
    }
  }
  std::uint64_t epoch() const { return at_.time()[0]; }
  // Counts `bytes` of input that was read, records or not, towards this poll's share.
  void work(std::size_t bytes) { end_ -= static_cast<std::int64_t>(bytes / kBytesForARecord); }
  // Whether this poll has produced enough: return, the next poll comes when there is room.
  bool full() const {
    return static_cast<std::int64_t>(output_.given()) >= end_ || output_.congested();
  }

 private:
  // A poll is about one to a few batches.
  static constexpr std::int64_t kMaxRecords = 16 * 1024;
  static constexpr std::size_t kBytesForARecord = 16;
  static constexpr std::uint64_t kAtOnce = 1024;

  dataflow::Output<T>& output_;
  progress::Capability& at_;
  dataflow::Session<T> session_;
  // The poll is over when the output was given so many records.
  std::int64_t end_;
};

// pull: (SourceOutput<T>&) -> bool, whether there may be more. When it returns false the source
// gives up its capability: its stream ends.
template <class T, class Pull>
class Source final : public dataflow::OneOutput<T> {
 public:
  explicit Source(Pull pull) : pull_(std::move(pull)) {}

  void on_start() override { at_ = this->context().initial(0); }

  bool poll(dataflow::Context&) override {
    SourceOutput<T> output(this->output(), *at_);
    if (pull_(output)) {
      return true;
    }
    at_.reset();
    return false;
  }

 private:
  Pull pull_;
  std::optional<progress::Capability> at_;
};

}  // namespace eagre::operators
