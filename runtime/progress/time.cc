#include "runtime/progress/time.h"

#include <limits>

#include "runtime/base/check.h"

namespace eagre::progress {

Time::Time(Uninitialised, std::size_t size) : inline_{} {
  EAGRE_CHECK(size <= std::numeric_limits<std::uint32_t>::max(),
              "a time cannot have {} coordinates", size);
  if (size > kInline) {
    heap_ = new std::uint64_t[size]();
  }
  size_ = static_cast<std::uint32_t>(size);
}

Time::Time(std::initializer_list<std::uint64_t> coordinates)
    : Time(std::span<const std::uint64_t>(coordinates.begin(), coordinates.size())) {}

Time::Time(std::span<const std::uint64_t> coordinates) : Time(Uninitialised{}, coordinates.size()) {
  std::copy(coordinates.begin(), coordinates.end(), mutable_data());
}

Time Time::minimum(std::size_t size) {
  return Time(Uninitialised{}, size);
}

void Time::copy_heap(const Time& other) {
  heap_ = new std::uint64_t[other.size_];
  std::copy(other.heap_, other.heap_ + other.size_, heap_);
  size_ = other.size_;
}

Time Time::with(std::size_t i, std::uint64_t value) const {
  EAGRE_CHECK(i < size_, "time {} has no coordinate {}", to_string(*this), i);
  Time result = *this;
  result.mutable_data()[i] = value;
  return result;
}

Time Time::extended(std::uint64_t value) const {
  Time result(Uninitialised{}, std::size_t{size_} + 1);
  std::copy(data(), data() + size_, result.mutable_data());
  result.mutable_data()[size_] = value;
  return result;
}

namespace {

template <class Pick>
Time combine(const Time& a, const Time& b, Pick pick) {
  EAGRE_CHECK(a.size() == b.size(), "times {} and {} have different sizes", to_string(a),
              to_string(b));
  Time result = a;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (pick(b[i], a[i])) {
      result = result.with(i, b[i]);
    }
  }
  return result;
}

}  // namespace

Time join(const Time& a, const Time& b) {
  return combine(a, b, std::greater<>());
}

Time meet(const Time& a, const Time& b) {
  return combine(a, b, std::less<>());
}

std::string to_string(const Time& time) {
  std::string text = "(";
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (i > 0) {
      text += ", ";
    }
    text += std::to_string(time[i]);
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Time& time) {
  return out << to_string(time);
}

}  // namespace eagre::progress
