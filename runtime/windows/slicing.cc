#include "runtime/windows/slicing.h"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/dataflow/failure.h"

namespace eagre::windows {
namespace {

using Wide = WindowNumber;

// b > 0.
template <class N>
N floor_div(N a, N b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t cut(Wide event_time) {
  return static_cast<std::int64_t>(
      std::clamp<Wide>(event_time, progress::kFirstEventTime, progress::kLastEventTime));
}

}  // namespace

void Slicing::check(const char* what, std::int64_t value) {
  if (value <= 0 || value > kMost) {
    throw dataflow::MisuseError(
        fmt::format("the {} of a window must be from 1 to 2^60, and is {}", what, value));
  }
}

Slicing::Slicing(std::int64_t size, std::int64_t slide, std::int64_t offset)
    : size_(size), slide_(slide), offset_(offset) {
  check("size", size);
  check("slide", slide);
  offset_ = offset - floor_div(offset, slide) * slide;
}

std::optional<Slice> Slicing::slice_at(std::int64_t event_time) const {
  // Where nothing can overflow, in fewer bits: that is several times faster.
  constexpr std::int64_t kFar = 2 * kMost;
  return event_time > -kFar && event_time < kFar ? slice_of<std::int64_t>(event_time)
                                                 : slice_of<Wide>(event_time);
}

template <class N>
std::optional<Slice> Slicing::slice_of(N event_time) const {
  const N start = floor_div<N>(event_time - offset_, slide_) * slide_ + offset_;
  const N into = event_time - start;
  // A window ends so far into each slide: behind it is another slice, or a gap.
  const std::int64_t rest = size_ % slide_;
  if (rest == 0) {
    return Slice{cut(start), cut(start + slide_ - 1)};
  }
  if (into < rest) {
    return Slice{cut(start), cut(start + rest - 1)};
  }
  if (slide_ > size_) {
    return std::nullopt;
  }
  return Slice{cut(start + rest), cut(start + slide_ - 1)};
}

WindowNumber Slicing::first_at(std::int64_t event_time) const {
  return floor_div<Wide>(Wide{event_time} - offset_ - size_, slide_) + 1;
}

WindowNumber Slicing::last_at(std::int64_t event_time) const {
  return floor_div<Wide>(Wide{event_time} - offset_, slide_);
}

Window Slicing::window(WindowNumber number) const {
  const Wide start = number * slide_ + offset_;
  return {cut(start), cut(start + size_)};
}

std::optional<std::int64_t> Slicing::last_of(WindowNumber number) const {
  const Wide last = number * slide_ + offset_ + size_ - 1;
  if (last >= progress::kLastEventTime) {
    return std::nullopt;
  }
  return cut(last);
}

}  // namespace eagre::windows
