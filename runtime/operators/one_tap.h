// What stages that write one stream share.
#pragma once

#include <cstdint>

#include "runtime/dataflow/stage.h"
#include "runtime/dataflow/tap.h"

namespace eagre::operators {

// Threads: confined to one actor.
template <class In, class Out>
class OneTap : public dataflow::Stage<In> {
 protected:
  void on_bind(dataflow::OutputPort& port, std::uint32_t first) final { out_.bind(port, first); }

  dataflow::Tap<Out> out_;
};

}  // namespace eagre::operators
