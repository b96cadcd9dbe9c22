// ok_err: a fallible map, with what succeeds and what fails as two streams.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <variant>

#include "runtime/dataflow/stage.h"
#include "runtime/dataflow/tap.h"

namespace eagre::operators {

// f: const In& -> std::variant<Ok, Err>. The first tap: the Ok values; the second: the Err values.
template <class In, class Ok, class Err, class F>
class OkErr final : public dataflow::Stage<In> {
 public:
  explicit OkErr(F f) : f_(std::move(f)) {}

 private:
  void on_bind(dataflow::OutputPort& port, std::uint32_t first) override {
    ok_.bind(port, first);
    err_.bind(port, first + 1);
  }

  void process(std::span<const In> records) override {
    for (const In& record : records) {
      const std::variant<Ok, Err> result = f_(record);
      if (result.index() == 0) {
        ok_.give(std::get<0>(result));
      } else {
        err_.give(std::get<1>(result));
      }
    }
  }

  F f_;
  dataflow::Tap<Ok> ok_;
  dataflow::Tap<Err> err_;
};

}  // namespace eagre::operators
