#include "runtime/progress/frontier_view.h"

#include "runtime/base/check.h"

namespace eagre::progress {

FrontierView::FrontierView(Generation generation, std::size_t coordinates)
    : generation_(generation), frontier_{Time::minimum(coordinates)} {}

bool FrontierView::apply(const FrontierUpdate& update) {
  if (update.generation != generation_ || update.version <= version_) {
    ++stale_;
    return false;
  }
  EAGRE_CHECK(frontier_.dominates_all(update.frontier),
              "the frontier of input {} would move back from {} (version {}) to {} (version {})",
              update.port, to_string(frontier_), version_, to_string(update.frontier),
              update.version);
  version_ = update.version;
  if (frontier_ == update.frontier) {
    return false;
  }
  frontier_ = update.frontier;
  return true;
}

}  // namespace eagre::progress
