// Memory for the bodies of batches. A block goes back to the pool from whichever thread drops the
// last batch that uses it: into a small cache of that thread, and from there in groups to shared
// lists, where threads that build more than they drop find it again.
#pragma once

#include <cstddef>

namespace eagre::data {

// Uninitialised memory, aligned to 16 bytes; `size` is what can be used.
struct Segment {
  std::byte* data = nullptr;
  std::size_t size = 0;
};

// Sizes are rounded up by at most a quarter; what is larger than 1 MiB comes from the heap and
// goes back to it at once. All caches together keep at most 16 MiB a thread and 64 MiB shared.
// Threads: safe from any thread.
class SegmentPool {
 public:
  // A segment of at least `bytes` bytes.
  static Segment take(std::size_t bytes);
  // `segment` is as take() returned it.
  static void give_back(Segment segment);
  // What take(bytes) would return as its size.
  static std::size_t rounded(std::size_t bytes);
};

}  // namespace eagre::data
