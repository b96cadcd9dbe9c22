#include "runtime/operators/count.h"

namespace eagre::operators {

void Sum::on_batch(const dataflow::Input<std::uint64_t>& input,
                   dataflow::Output<std::uint64_t>& output) {
  std::uint64_t& total = sums_.at(input.time(), [&] { notify_at(output.retain()); });
  input.for_each([&](const std::uint64_t& number) { total += number; });
}

void Sum::on_notify(progress::Capability at, dataflow::Output<std::uint64_t>& output) {
  output.session(at).give(sums_.take(at.time()));
}

}  // namespace eagre::operators
