// Seeing a broken invariant without losing the process: while a BrokenInvariants lives, a failed
// check throws BrokenInvariant. What was under work when it failed is only good for being
// destroyed.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::testing {

struct BrokenInvariant : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class BrokenInvariants {
 public:
  BrokenInvariants() : previous_(base::set_check_handler(&raise)) {}
  BrokenInvariants(const BrokenInvariants&) = delete;
  BrokenInvariants& operator=(const BrokenInvariants&) = delete;
  ~BrokenInvariants() { base::set_check_handler(previous_); }

 private:
  [[noreturn]] static void raise(const std::string& message) { throw BrokenInvariant(message); }

  base::CheckHandler previous_;
};

// The message of the check that `body` fails; empty if it fails none.
template <class Body>
std::string broken_by(Body&& body) {
  const BrokenInvariants seen;
  try {
    std::forward<Body>(body)();
  } catch (const BrokenInvariant& broken) {
    return broken.what();
  }
  return {};
}

}  // namespace eagre::testing
