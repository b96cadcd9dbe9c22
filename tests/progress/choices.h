// Randomness that shrinks: a list of numbers from which a test takes its decisions one by one.
// When the list has run out every decision is 0, so a test makes 0 the dull one (stop, no loop, no
// delay). RapidCheck shrinks the list; what remains is the short story of a failure.
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/base/random.h"

namespace eagre::progress {

class Choices {
 public:
  explicit Choices(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}

  // The same from a seed, for long runs.
  static Choices seeded(std::uint64_t seed, std::size_t length) {
    base::Random random(seed);
    std::vector<std::uint32_t> numbers(length);
    for (std::uint32_t& number : numbers) {
      number = static_cast<std::uint32_t>(random.below(1 << 20));
    }
    return Choices(std::move(numbers));
  }

  bool done() const { return next_ >= numbers_.size(); }
  // Below n; n must not be 0.
  std::size_t below(std::size_t n) { return done() ? 0 : numbers_[next_++] % n; }
  // True with probability 1 in n.
  bool one_in(std::size_t n) { return below(n) == n - 1; }
  template <class T>
  const T& of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  std::vector<std::uint32_t> numbers_;
  std::size_t next_ = 0;
};

// Lists of decisions for Choices, as long as RapidCheck's size.
inline rc::Gen<std::vector<std::uint32_t>> decisions() {
  return rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 1 << 16)));
}

}  // namespace eagre::progress
