// source: produces records from outside when asked, a bounded number at a time. It is polled only
// while its outputs have room, so a slow reader slows the source, not the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::operators {

// What a source gives records to. Threads: confined to one actor.
template <class T>
class SourceOutput {
 public:
  SourceOutput(dataflow::Output<T>& output, progress::Capability& at) : output_(output), at_(at) {}

  // One record at the current epoch.
  void give(const T& record) {
    output_.session(at_).give(record);
    ++given_;
  }
  // Moves to a later epoch: no record of an earlier one can follow.
  void advance_to(std::uint64_t epoch) { at_.downgrade(at_.time().with(0, epoch)); }
  std::uint64_t epoch() const { return at_.time()[0]; }
  // Counts `bytes` of input that was read, records or not, towards this poll's share.
  void work(std::size_t bytes) { work_ += bytes; }
  // Whether this poll has produced enough: return, the next poll comes when there is room.
  bool full() const { return given_ >= kMaxRecords || work_ >= kMaxWork || output_.congested(); }

 private:
  static constexpr std::size_t kMaxRecords = 4096;
  static constexpr std::size_t kMaxWork = 64 * 1024;

  dataflow::Output<T>& output_;
  progress::Capability& at_;
  std::size_t given_ = 0;
  std::size_t work_ = 0;
};

// pull: (SourceOutput<T>&) -> bool, whether there may be more. When it returns false the source
// gives up its capability: its stream ends.
template <class T, class Pull>
class Source final : public dataflow::TypedOperator {
 public:
  explicit Source(Pull pull) : pull_(std::move(pull)) {}

  void start(dataflow::Context& context) override {
    set_context(context);
    output_.bind(context, 0);
    at_ = context.initial(0);
  }

  bool poll(dataflow::Context&) override {
    SourceOutput<T> output(output_, *at_);
    if (pull_(output)) {
      return true;
    }
    at_.reset();
    return false;
  }

 private:
  Pull pull_;
  dataflow::Output<T> output_;
  std::optional<progress::Capability> at_;
};

}  // namespace eagre::operators
