// Seeing a broken invariant without losing the process.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/base/check.h"

namespace eagre::testing {

// What a failed check throws while broken_by runs.
struct BrokenInvariant : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The message of the check that `body` fails; empty if it fails none. What was under work when it
// failed is only good for being destroyed.
template <class Body>
std::string broken_by(Body&& body) {
  struct Handler {
    base::CheckHandler previous =
        base::set_check_handler([](const std::string& message) { throw BrokenInvariant(message); });
    ~Handler() { base::set_check_handler(previous); }
  } handler;
  try {
    std::forward<Body>(body)();
  } catch (const BrokenInvariant& broken) {
    return broken.what();
  }
  return {};
}

}  // namespace eagre::testing
