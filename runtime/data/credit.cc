#include "runtime/data/credit.h"

#include <utility>

#include "runtime/base/check.h"

namespace eagre::data {

void CreditSender::give_back(std::uint64_t bytes) {
  EAGRE_CHECK(bytes <= outstanding_, "{} bytes of credit came back where {} were outstanding",
              bytes, outstanding_);
  outstanding_ -= bytes;
}

std::optional<std::uint64_t> CreditReceiver::consumed(std::uint64_t bytes) {
  pending_ += bytes;
  if (pending_ < threshold_) {
    return std::nullopt;
  }
  return std::exchange(pending_, 0);
}

}  // namespace eagre::data
