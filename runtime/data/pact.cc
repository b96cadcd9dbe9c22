#include "runtime/data/pact.h"

#include "runtime/base/check.h"

namespace eagre::data {

std::string_view Pact::name() const {
  switch (kind_) {
    case PactKind::pipeline:
      return "pipeline";
    case PactKind::exchange:
      return "exchange";
    case PactKind::broadcast:
      return "broadcast";
    case PactKind::gather:
      return "gather";
    case PactKind::rebalance:
      return "rebalance";
    case PactKind::partition:
      return "partition";
  }
  return "unknown";
}

std::unique_ptr<Router> Pact::make_router(const RouterOptions& options) const {
  EAGRE_CHECK(options.workers != 0 && options.self < options.workers,
              "a router of worker {} of {} on channel {}", options.self, options.workers,
              options.channel);
  switch (kind_) {
    case PactKind::pipeline:
      return make_forwarding_router(options, options.self);
    case PactKind::gather:
      return make_forwarding_router(options, 0);
    case PactKind::broadcast:
      return make_broadcast_router(options);
    case PactKind::exchange:
    case PactKind::rebalance:
    case PactKind::partition:
      return make_splitting_router(options, splitters_->make(options));
  }
  EAGRE_FAIL("a pact of unknown kind {}", static_cast<int>(kind_));
}

}  // namespace eagre::data
