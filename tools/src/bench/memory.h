// How much memory this process has used, as the kernel counts it.
#pragma once

#include <cstdint>

namespace eagre::bench {

// Gives free memory back to the system and forgets the peak so far.
void forget_peak_rss();
// Peak resident memory since then, in KiB.
std::uint64_t peak_rss_kb();

}  // namespace eagre::bench
