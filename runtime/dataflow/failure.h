// How an operator fails. User code throws; the host catches at one place, adds which operator
// instance was at work and at which time, and tells the supervisor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/progress/time.h"

namespace eagre::dataflow {

// What went wrong in which operator instance. `time` is empty when no message was at work.
// Threads: value.
struct Failure {
  base::Code code = base::Code::failed;
  std::string operator_name;
  std::uint32_t worker = 0;
  std::string time;
  std::string what;
};

// The first failure of a stage fused to an operator, kept until the operator's call is over: it
// never passes through the operator's own code, which might catch it.
// Threads: confined to one actor.
struct StageFailure {
  // Null: none.
  std::exception_ptr error;
  std::string stage;
  progress::Time time;
};

// The failure as the user reads it. Failures of input data carry their own place (FILE:LINE) and
// name no operator.
base::Status to_status(const Failure& failure);

// Thrown where input from outside is missing, unreadable or malformed. The message reads
// "FILE:LINE: what is wrong: text"; the text is cut at 200 bytes. Control characters and bytes that
// are no UTF-8 are escaped, in all texts of failures.
class InputError : public std::runtime_error {
 public:
  InputError(std::string_view file, std::uint64_t line, std::string_view what_is_wrong,
             std::string_view text);
  // Without a line: "FILE: what is wrong".
  InputError(std::string_view file, std::string_view what_is_wrong);
};

// Thrown by handles that are used against their contract: an input advanced backwards or used
// after close, a probe of another dataflow.
class MisuseError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace eagre::dataflow
