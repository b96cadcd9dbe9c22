// The operator behind an input handle: the program outside feeds it batches and moves the times at
// which more may come; the operator holds the capabilities that this needs.
#pragma once

#include <cstdint>
#include <map>

#include "runtime/dataflow/context.h"
#include "runtime/dataflow/operator.h"

namespace eagre::operators {

// Threads: confined to one actor.
class FeedInput final : public dataflow::Operator {
 public:
  void start(dataflow::Context& context) override;
  void feed(const dataflow::Feed& feed, dataflow::Context& context) override;

 private:
  struct Held {
    explicit Held(progress::Capability held) : capability(std::move(held)) {}
    progress::Capability capability;
    std::int64_t count = 1;
  };

  const progress::Capability* support(const progress::Time& time) const;

  std::map<progress::Time, Held, progress::LexicographicLess> held_;
};

}  // namespace eagre::operators
