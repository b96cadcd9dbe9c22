// What this machine can do: the baselines by themselves, so that figures of two machines, or of two
// hours of one machine, can be put beside each other.
#pragma once

#include <cstdint>
#include <string>

namespace eagre::bench {

struct Machine {
  double copied_bytes = 0;  // a second, by memcpy
  double ring_items = 0;    // a second
  double hop_ns = 0;
  double map_records = 0;       // a second
  double one_pass_records = 0;  // a second, on one thread
  // TCP over loopback: bytes a second in one direction and in both together, round trips.
  double tcp_bytes = 0;
  double tcp_both_ways = 0;
  double tcp_blocking_us = 0;
  double tcp_spinning_us = 0;
};

// The best of three, each of a fraction of a second; of one, if `quick`.
Machine measure_machine(bool quick);

// One JSON object, on one line; a line for people.
std::string to_json(const Machine& machine);
std::string to_line(const Machine& machine);

}  // namespace eagre::bench
