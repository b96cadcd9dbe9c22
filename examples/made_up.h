// What the applications make up where they are given no input.
#pragma once

#include <cstdint>

namespace made_up {

// A number that looks random and is the same in each run: splitmix64 of x (Steele et al., "Fast
// splittable pseudorandom number generators", OOPSLA 2014).
inline std::uint64_t drawn(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

}  // namespace made_up
