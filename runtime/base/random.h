// Random numbers that are the same everywhere for the same seed: xoshiro256** (Blackman, Vigna,
// "Scrambled linear pseudorandom number generators", 2021), its state filled by splitmix64.
// Not for secrets. The standard's distributions differ between libraries, so the few that are
// needed are here.
#pragma once

#include <array>
#include <cstdint>

namespace eagre::base {

// Satisfies std::uniform_random_bit_generator.
// Threads: value.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed);

  std::uint64_t operator()();
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }

  // Uniform in [0, n), without bias; n must not be 0.
  std::uint64_t below(std::uint64_t n);
  // Uniform in [0, 1), a multiple of 2^-53.
  double unit();
  // True with probability p; never for p <= 0, always for p >= 1.
  bool coin(double p) { return unit() < p; }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace eagre::base
