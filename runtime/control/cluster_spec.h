// What a cluster is made of, read from a TOML file:
//   nodes = ["10.0.0.1:4711", "10.0.0.2:4711"]   # node 0, node 1, ...
//   cluster_id = "orders"                        # optional: letters, digits, . _ -
//   join_timeout = 30                            # optional: seconds
//   [tls]                                        # optional, and then all three
//   certificate = "node.pem"
//   key = "node.key"
//   ca = "ca.pem"
// Files are relative to the folder of the file that names them. A key that is not listed here is an
// error: a misspelt one would otherwise silently leave a cluster open.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/address.h"

namespace eagre::control {

// Paths of PEM files.
struct Tls {
  std::string certificate;
  std::string key;
  std::string ca;

  friend bool operator==(const Tls&, const Tls&) = default;
};

// Threads: value.
struct ClusterSpec {
  std::vector<Address> nodes;
  // Empty if none is given.
  std::string cluster_id;
  std::optional<std::chrono::milliseconds> join_timeout;
  std::optional<Tls> tls;

  friend bool operator==(const ClusterSpec&, const ClusterSpec&) = default;
};

// `path` is where the text comes from. Code::usage: "PATH:LINE: what is wrong".
base::Result<ClusterSpec> parse_cluster(std::string_view text, const std::string& path);
// Reads the file. Code::usage too if it is missing, unreadable or larger than 1 MiB.
base::Result<ClusterSpec> read_cluster_file(const std::string& path);

}  // namespace eagre::control
