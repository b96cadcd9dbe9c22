// Where nodes are: "HOST:PORT", the host a name, an IPv4 address, or an IPv6 address in brackets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::control {

inline constexpr std::size_t kMaxNodes = 1024;

// Threads: value.
struct Address {
  // Without brackets, in lower case.
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const Address&, const Address&) = default;
};

// "127.0.0.1:4711", "[::1]:4711".
std::string to_string(const Address& address);

// Nobody but this machine can reach it. No name is looked up: "localhost" and addresses written in
// full (127.x.y.z, ::1) are known to be loopback, everything else counts as not.
bool is_loopback(const Address& address);

// Code::usage says what is wrong with the text.
base::Result<Address> parse_address(std::string_view text);
// "HOST:PORT,HOST:PORT,...": node 0, node 1, ... At least one, at most kMaxNodes, all different.
base::Result<std::vector<Address>> parse_addresses(std::string_view text);
// Code::usage if two nodes have the same address, or there are no nodes or more than kMaxNodes.
base::Status check_addresses(const std::vector<Address>& addresses);

}  // namespace eagre::control
