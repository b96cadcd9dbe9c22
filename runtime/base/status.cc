#include "runtime/base/status.h"

#include "runtime/base/check.h"

namespace eagre::base {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::ok:
      return "ok";
    case Code::failed:
      return "failed";
    case Code::usage:
      return "usage";
    case Code::input:
      return "input";
    case Code::refused:
      return "refused";
    case Code::cancelled:
      return "cancelled";
    case Code::lost:
      return "lost";
    case Code::terminated:
      return "terminated";
    case Code::checkpoint:
      return "checkpoint";
  }
  return "unknown";
}

Status::Status(Code code, std::string message) : code_(code), message_(std::move(message)) {
  EAGRE_CHECK(code != Code::ok, "a Status with the message \"{}\" was given Code::ok", message_);
}

std::string Status::to_string() const {
  std::string text(base::to_string(code_));
  if (!message_.empty()) {
    text.append(": ").append(message_);
  }
  return text;
}

void result_has_no_value(const Status& status) {
  EAGRE_FAIL("the value of a failed Result was used: {}", status.to_string());
}

void result_has_no_status() {
  EAGRE_FAIL("a Result was made of Status ok, without a value");
}

}  // namespace eagre::base
