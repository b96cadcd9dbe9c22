// The typed side of a batch at an input: a range of records that all bear one time.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/data/batch.h"
#include "runtime/data/batch_reader.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

// `for (const T& record : input)`; the reference is good until the next record is read.
// Threads: confined to one actor.
template <class T>
class Input {
 public:
  explicit Input(const data::Batch& batch) : batch_(batch), reader_(batch) {}

  const progress::Time& time() const { return batch_.time(); }
  // Number of records.
  std::uint64_t size() const { return batch_.count(); }
  const data::Batch& batch() const { return batch_; }

  template <class F>
  void for_each(F&& f) const {
    reader_.for_each(std::forward<F>(f));
  }
  // The same with spans of records: packed ones where they lie, others decoded some at a time into
  // `objects`, which the operator keeps from batch to batch.
  template <class F>
  void for_each_block(std::vector<T>& objects, F&& f) const {
    reader_.for_each_block(objects, std::forward<F>(f));
  }
  auto begin() const { return reader_.begin(); }
  auto end() const { return reader_.end(); }

 private:
  const data::Batch& batch_;
  // Decoding reuses one object.
  mutable data::BatchReader<T> reader_;
};

}  // namespace eagre::dataflow
