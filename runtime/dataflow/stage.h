// The typed side of a stage. Packed records come in blocks that stay in the first-level cache, one
// virtual call a block; others come one by one and are never put into a block.
//   struct Doubler : Stage<int> {
//     void on_bind(OutputPort& port, std::uint32_t first) override { out_.bind(port, first); }
//     void process(std::span<const int> records) override {
//       out_.generate(records.size(), [&](std::size_t i) { return 2 * records[i]; });
//     }
//     Tap<int> out_;
//   };
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "runtime/data/batch_reader.h"
#include "runtime/data/codec.h"
#include "runtime/dataflow/any_stage.h"
#include "runtime/dataflow/output_port.h"
#include "runtime/dataflow/record_text.h"

namespace eagre::dataflow {

// A block of packed records: 8 KiB, or one record.
template <class T>
inline constexpr std::size_t kBlockRecords = std::clamp<std::size_t>((std::size_t{8} << 10) /
                                                                         sizeof(T),
                                                                     1, 1024);

// Threads: confined to one actor.
template <class T>
class Stage : public AnyStage {
 public:
  using AnyStage::take;
  // Records at the port's open time: at most a block of packed ones, else one.
  void take(std::span<const T> records) {
    if (failed()) [[unlikely]] {
      return;
    }
    try {
      work_on(records);
    } catch (...) {
      fail();
    }
  }

 protected:
  // Where records are isolated it is given one at a time, and gives nothing if it throws.
  virtual void process(std::span<const T> records) = 0;

  void on_batch(const data::Batch& batch) override {
    data::BatchReader<T> reader(batch);
    if constexpr (data::Codec<T>::kPacked) {
      std::span<const T> left = reader.packed();
      while (!left.empty()) {
        const std::size_t some = std::min(left.size(), kBlockRecords<T>);
        work_on(left.first(some));
        left = left.subspan(some);
      }
    } else {
      reader.for_each([this](const T& record) { work_on({&record, 1}); });
    }
  }

 private:
  void work_on(std::span<const T> records) {
    if (isolates()) [[unlikely]] {
      work_one_by_one(records);
    } else {
      process(records);
    }
  }

  [[gnu::noinline]] void work_one_by_one(std::span<const T> records) {
    for (const T& record : records) {
      if (failed()) {
        return;
      }
      try {
        process({&record, 1});
      } catch (...) {
        leave_out(record_text(record));
      }
    }
  }
};

}  // namespace eagre::dataflow
