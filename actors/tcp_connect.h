// A TCP connection that is not waited for longer than told: who drops what is sent to him answers
// nothing, and the system would try for minutes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace eagre::actors {

// A socket that does not block and is not inherited; -1 when none of the host's addresses answers,
// each within `patience`. Looking up a name takes what it takes.
int tcp_connect(const std::string& host, std::uint16_t port, std::chrono::milliseconds patience);

}  // namespace eagre::actors
