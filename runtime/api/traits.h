// What an operator class says of itself, for those who add it to a plan.
#pragma once

#include <cstdint>

#include "runtime/api/builder.h"

namespace eagre::api {

// Op::kInterest and Op::kEpochsInOrder, where there are any. Without kInterest an operator hears
// of frontiers while it holds a capability, which is what notifications need.
template <class Op>
OperatorTraits traits_of(std::uint32_t outputs) {
  OperatorTraits traits;
  traits.outputs = outputs;
  traits.interest = progress::Interest::while_holding;
  if constexpr (requires { Op::kInterest; }) {
    traits.interest = Op::kInterest;
  }
  if constexpr (requires { Op::kEpochsInOrder; }) {
    traits.epochs_in_order = Op::kEpochsInOrder;
    // The host must hear when an epoch is reached.
    if (traits.epochs_in_order) {
      traits.interest = progress::Interest::always;
    }
  }
  return traits;
}

}  // namespace eagre::api
