// How much memory this process has used, as the kernel counts it.
#pragma once

#include <cstdint>

namespace eagre::bench {

// Gives free memory back to the system. malloc keeps what a run freed in the arenas of threads that
// have ended, where the next run finds half of it at most.
void release_free_memory();
// Does that, and forgets the peak so far.
void forget_peak_rss();
// Peak resident memory since then, in KiB.
std::uint64_t peak_rss_kb();

}  // namespace eagre::bench
