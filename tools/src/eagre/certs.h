// `eagre certs`: an authority and a certificate for each node, for clusters over TLS
// (docs/security.md says who is trusted for what).
//
// Law: afterwards all files are there, or none.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/status.h"

namespace eagre::tool {

// Threads: value.
struct Certs {
  std::string folder;
  std::uint32_t nodes = 3;
  std::uint32_t days = 365;
};

// Makes the folder with ca.pem, ca.key, node0.pem, node0.key, ..., by way of openssl, and says so
// on stdout. Code::usage if there is something in the folder already: nothing is overwritten.
base::Status make_certs(const Certs& certs);

}  // namespace eagre::tool
