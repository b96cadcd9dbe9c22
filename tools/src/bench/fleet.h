// Several processes that run a workload together, as nodes of a cluster on loopback. All of them do
// the same from start_fleet() on; the first one measures and tells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/control/address.h"

namespace eagre::bench {

struct Totals;

// Which of how many this process is; 0 of 1 without start_fleet().
struct Place {
  std::uint32_t process = 0;
  std::uint32_t processes = 1;
};
const Place& place();

// Starts the other processes as copies of this one, which end with it at the latest. Once, while it
// has one thread.
void start_fleet(std::uint32_t processes);
// In the first process: waits until the others have ended, and returns whether they ended well.
bool end_fleet();

// Addresses for the nodes of the next dataflow, the same in all processes.
std::vector<control::Address> next_addresses();
// The totals of all processes together, in the first one. All must call it.
void add_up(Totals& totals);

}  // namespace eagre::bench
