// ok_err: a fallible map, with what succeeds and what fails as two streams.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>

#include "runtime/data/batch_reader.h"
#include "runtime/dataflow/output.h"
#include "runtime/dataflow/typed.h"

namespace eagre::operators {

// f: const In& -> std::variant<Ok, Err>. Output 0: the Ok values; output 1: the Err values.
template <class In, class Ok, class Err, class F>
class OkErr final : public dataflow::TypedOperator {
 public:
  explicit OkErr(F f) : f_(std::move(f)) {}

  void start(dataflow::Context& context) override {
    set_context(context);
    ok_.bind(context, 0);
    err_.bind(context, 1);
  }

  void receive(std::uint32_t, const data::Batch& batch, dataflow::Context&) override {
    auto ok = ok_.session();
    auto err = err_.session();
    data::BatchReader<In>(batch).for_each([&](const In& record) {
      std::variant<Ok, Err> result = f_(record);
      if (result.index() == 0) {
        ok.give(std::get<0>(result));
      } else {
        err.give(std::get<1>(result));
      }
    });
  }

 private:
  F f_;
  dataflow::Output<Ok> ok_;
  dataflow::Output<Err> err_;
};

}  // namespace eagre::operators
