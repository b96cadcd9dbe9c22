#include "runtime/progress/frontier_view.h"

#include <utility>

#include "runtime/base/check.h"

namespace eagre::progress {

FrontierView::FrontierView(Generation generation, std::size_t coordinates)
    : generation_(generation), frontier_{Time::minimum(coordinates)} {}

bool FrontierView::apply(const FrontierUpdate& update) {
  if (update.generation != generation_ || update.version <= version_) {
    ++stale_;
    return false;
  }
  const Antichain& known = end_ ? told_ : frontier_;
  EAGRE_CHECK(known.dominates_all(update.frontier),
              "the frontier of input {} would move back from {} (version {}) to {} (version {})",
              update.port, to_string(known), version_, to_string(update.frontier), update.version);
  version_ = update.version;
  if (known == update.frontier) {
    return false;
  }
  if (end_) {
    told_ = update.frontier;
    return show();
  }
  frontier_ = update.frontier;
  return true;
}

void FrontierView::hold(std::uint64_t epoch) {
  end_ = epoch;
  told_ = frontier_;
  EAGRE_CHECK(!show(), "a frontier is to be held at epoch {} and is beyond it already: {}", epoch,
              to_string(told_));
}

bool FrontierView::release() {
  if (!end_) {
    return false;
  }
  end_.reset();
  const bool moves = frontier_ != told_;
  frontier_ = std::move(told_);
  return moves;
}

// What is told, with times beyond the end taken back to its epoch.
bool FrontierView::show() {
  if (told_.empty()) {
    return false;
  }
  Antichain shown;
  for (const Time& time : told_) {
    shown.insert(time[0] <= *end_ ? time : time.with(0, *end_));
  }
  const bool moves = shown != frontier_;
  frontier_ = std::move(shown);
  return moves;
}

}  // namespace eagre::progress
