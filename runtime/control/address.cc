#include "runtime/control/address.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace eagre::control {

namespace {

constexpr std::size_t kMaxHost = 253;

base::Status malformed(std::string_view text, std::string_view why) {
  return base::Status(base::Code::usage,
                      fmt::format("\"{}\" is no address of a node: {}; write HOST:PORT, such as "
                                  "127.0.0.1:4711 or [::1]:4711",
                                  text, why));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// A decimal number without sign, space or leading zero, from 0 to `most`; else -1.
int number(std::string_view text, int most) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
    return -1;
  }
  if (text.size() > 1 && text[0] == '0') {
    return -1;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && value <= most ? value : -1;
}

// 127.x.y.z. Other spellings of IPv4 addresses (octal, fewer parts) are not taken for loopback.
bool is_loopback_v4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part == 3 ? host.size() : host.find('.');
    if (dot == std::string_view::npos) {
      return false;
    }
    const int value = number(host.substr(0, dot), 255);
    if (value < 0 || (part == 0 && value != 127)) {
      return false;
    }
    host.remove_prefix(std::min(host.size(), dot + 1));
  }
  return true;
}

// What is wrong with a host; empty if nothing.
std::string_view fault_of_host(std::string_view host, bool bracketed) {
  if (host.empty()) {
    return "the host is missing";
  }
  if (host.size() > kMaxHost) {
    return "the host is too long";
  }
  if (bracketed) {
    const bool all = std::all_of(host.begin(), host.end(), [](char c) {
      return is_digit(c) || is_letter(c) || c == ':' || c == '.' || c == '%';
    });
    return all && host.find(':') != std::string_view::npos
               ? ""
               : "there is no IPv6 address between the brackets";
  }
  if (host.find(':') != std::string_view::npos) {
    return "an IPv6 address stands in brackets";
  }
  const bool all = std::all_of(host.begin(), host.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_';
  });
  return all ? "" : "a host has letters, digits, dots and dashes only";
}

}  // namespace

std::string to_string(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

bool is_loopback(const Address& address) {
  return address.host == "localhost" || address.host == "::1" ||
         address.host == "0:0:0:0:0:0:0:1" || is_loopback_v4(address.host);
}

base::Result<Address> parse_address(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  std::string_view host;
  std::string_view rest;
  if (bracketed) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
      return malformed(text, "the closing bracket is missing");
    }
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = text.rfind(':');
    host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (const std::string_view fault = fault_of_host(host, bracketed); !fault.empty()) {
    return malformed(text, fault);
  }
  if (!rest.starts_with(':')) {
    return malformed(text, "the port is missing");
  }
  const int port = number(rest.substr(1), 65535);
  if (port <= 0) {
    return malformed(text, "a port is a number from 1 to 65535");
  }
  Address address{std::string(host), static_cast<std::uint16_t>(port)};
  std::transform(address.host.begin(), address.host.end(), address.host.begin(), lower);
  return address;
}

base::Result<std::vector<Address>> parse_addresses(std::string_view text) {
  std::vector<Address> addresses;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    base::Result<Address> address = parse_address(rest.substr(0, comma));
    if (!address.ok()) {
      return base::Status(base::Code::usage,
                          fmt::format("node {}: {}", addresses.size(), address.status().message()));
    }
    addresses.push_back(*std::move(address));
    if (comma == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(comma + 1);
  }
  if (base::Status status = check_addresses(addresses); !status.ok()) {
    return status;
  }
  return addresses;
}

base::Status check_addresses(const std::vector<Address>& addresses) {
  if (addresses.empty()) {
    return base::Status(base::Code::usage, "a cluster has at least one node; name its address");
  }
  if (addresses.size() > kMaxNodes) {
    return base::Status(base::Code::usage, fmt::format("{} nodes; at most {} are possible",
                                                       addresses.size(), kMaxNodes));
  }
  std::map<std::string, std::size_t> seen;
  for (std::size_t node = 0; node < addresses.size(); ++node) {
    const auto [other, is_new] = seen.emplace(to_string(addresses[node]), node);
    if (!is_new) {
      return base::Status(base::Code::usage,
                          fmt::format("nodes {} and {} have the same address, {}; give each one of "
                                      "its own",
                                      other->second, node, other->first));
    }
  }
  return {};
}

}  // namespace eagre::control
