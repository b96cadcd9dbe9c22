#include "runtime/progress/path_summary.h"

#include <algorithm>
#include <tuple>

#include "runtime/base/check.h"

namespace eagre::progress {

PathSummary::PathSummary(std::size_t inputs, std::size_t kept, Time values)
    : inputs_(static_cast<std::uint32_t>(inputs)),
      kept_(static_cast<std::uint32_t>(kept)),
      identity_(kept == inputs && values == Time::minimum(kept)),
      shifts_(kept == inputs && values.size() == kept && kept <= Time::kInline),
      values_(std::move(values)) {}

PathSummary PathSummary::identity(std::size_t n) {
  return {n, n, Time::minimum(n)};
}

PathSummary PathSummary::enter(std::size_t n) {
  return {n, n, Time::minimum(n + 1)};
}

PathSummary PathSummary::leave(std::size_t n) {
  EAGRE_CHECK(n >= 1, "a time without coordinates cannot leave a scope");
  return {n, n - 1, Time::minimum(n - 1)};
}

PathSummary PathSummary::advance(std::size_t n, std::size_t coordinate, std::uint64_t by) {
  EAGRE_CHECK(coordinate < n, "times of {} coordinates have no coordinate {}", n, coordinate);
  return {n, n, Time::minimum(n).with(coordinate, by)};
}

std::optional<Time> PathSummary::apply_any(const Time& time) const {
  EAGRE_CHECK(time.size() == inputs_, "time {} does not fit a path from {} coordinates",
              to_string(time), std::size_t{inputs_});
  Time result = values_;
  std::uint64_t* out = result.mutable_data();
  const std::uint64_t* in = time.data();
  for (std::size_t i = 0; i < kept_; ++i) {
    if (__builtin_add_overflow(out[i], in[i], &out[i])) {
      return std::nullopt;
    }
  }
  return result;
}

std::optional<PathSummary> PathSummary::followed_by(const PathSummary& next) const {
  EAGRE_CHECK(next.inputs() == outputs(), "path {} cannot be followed by {}", to_string(*this),
              to_string(next));
  Time values = next.values_;
  std::uint64_t* out = values.mutable_data();
  for (std::size_t i = 0; i < next.kept_; ++i) {
    if (__builtin_add_overflow(out[i], values_[i], &out[i])) {
      return std::nullopt;
    }
  }
  return PathSummary(inputs_, std::min(kept_, next.kept_), std::move(values));
}

bool PathSummary::advances() const {
  return kept_ == inputs_ && outputs() == kept_ && adds_within(kept_);
}

bool PathSummary::adds_within(std::size_t coordinates) const {
  for (std::size_t i = 0; i < std::min<std::size_t>(coordinates, kept_); ++i) {
    if (values_[i] > 0) {
      return true;
    }
  }
  return false;
}

bool less_equal(const PathSummary& a, const PathSummary& b) {
  return a.inputs_ == b.inputs_ && a.kept_ <= b.kept_ && less_equal(a.values_, b.values_);
}

bool SummaryLess::operator()(const PathSummary& a, const PathSummary& b) const {
  if (a.inputs_ != b.inputs_) {
    return a.inputs_ < b.inputs_;
  }
  if (!(a.values_ == b.values_)) {
    return LexicographicLess()(a.values_, b.values_);
  }
  return a.kept_ < b.kept_;
}

std::string to_string(const PathSummary& summary) {
  const Time sample = Time::minimum(summary.inputs());
  const Time values = summary.apply(sample).value_or(Time());
  std::string text = "(";
  for (std::size_t i = 0; i < summary.outputs(); ++i) {
    if (i > 0) {
      text += ", ";
    }
    if (i >= summary.kept()) {
      text += std::to_string(values[i]);
    } else {
      text += "t" + std::to_string(i);
      if (values[i] > 0) {
        text += "+" + std::to_string(values[i]);
      }
    }
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const PathSummary& summary) {
  return out << to_string(summary);
}

}  // namespace eagre::progress
