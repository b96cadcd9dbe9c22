// Operators that answer requests: the operator instance is an actor, and any actor may ask it.
//   struct Counts : eagre::Answering<eagre::Unary<std::string, Count>, std::string, std::uint64_t>
// A request runs between batches, after everything that was enqueued to the instance before it.
#pragma once

#include "runtime/data/batch_reader.h"
#include "runtime/data/batch_writer.h"
#include "runtime/dataflow/operator.h"

namespace eagre::dataflow {

// A record alone in a batch: the form in which requests and answers travel.
template <class T>
data::Batch single(const T& record) {
  data::BatchWriter<T> writer;
  writer.append(record);
  return writer.finish(data::Header{});
}

// The record of such a batch; the batch must hold exactly one.
template <class T>
base::Result<T> from_single(const data::Batch& batch) {
  if (batch.count() != 1 || !data::verify<T>(batch).ok()) {
    return base::Status(base::Code::usage, "a message of another type than the operator takes");
  }
  T record{};
  data::BatchReader<T>(batch).for_each([&](const T& value) { record = value; });
  return record;
}

// Threads: confined to one actor.
template <class Base, class Request, class Answer>
class Answering : public Base {
 public:
  using Base::Base;

  virtual Answer on_ask(const Request& request) const = 0;

  base::Result<data::Batch> ask(const data::Batch& request) final {
    base::Result<Request> decoded = from_single<Request>(request);
    if (!decoded.ok()) {
      return decoded.status();
    }
    return single<Answer>(on_ask(decoded.value()));
  }
};

}  // namespace eagre::dataflow
