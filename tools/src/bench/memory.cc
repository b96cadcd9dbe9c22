#include "tools/src/bench/memory.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace eagre::bench {

void release_free_memory() {
  ::malloc_trim(0);
}

void forget_peak_rss() {
  release_free_memory();
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::uint64_t peak_rss_kb() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmHWM:", 0) == 0) {
      return std::stoull(line.substr(6));
    }
  }
  return 0;
}

}  // namespace eagre::bench
