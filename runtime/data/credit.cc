#include "runtime/data/credit.h"

#include <fmt/core.h>

#include <utility>

namespace eagre::data {

base::Status CreditSender::give_back(std::uint64_t bytes) {
  if (bytes > outstanding_) {
    return {base::Code::input, fmt::format("{} bytes of credit came back where {} were outstanding",
                                           bytes, outstanding_)};
  }
  outstanding_ -= bytes;
  return {};
}

std::optional<std::uint64_t> CreditReceiver::consumed(std::uint64_t bytes) {
  pending_ += bytes;
  if (pending_ < threshold_) {
    return std::nullopt;
  }
  return std::exchange(pending_, 0);
}

}  // namespace eagre::data
