// Expected failures as values. A Status says what failed, on what, with which value, and what to
// do; its code exists only for callers that react to it. Bugs are checks (check.h), not Statuses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eagre::base {

enum class Code : unsigned char {
  ok,
  failed,      // it did not work; nothing special to do about it
  usage,       // the caller asked for something that makes no sense
  input,       // data from outside is malformed
  refused,     // understood, and not done on purpose
  cancelled,   // stopped on request
  lost,        // another process that is needed is not there, or no more
  terminated,  // a signal asked to end
  checkpoint,  // a checkpoint is there, and cannot be used
};

std::string_view to_string(Code code);

// Threads: value.
class [[nodiscard]] Status {
 public:
  Status() = default;
  // `code` must not be Code::ok: success carries no message.
  Status(Code code, std::string message);

  bool ok() const { return code_ == Code::ok; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // "ok", or "refused: <message>".
  std::string to_string() const;

  friend bool operator==(const Status&, const Status&) = default;

 private:
  Code code_ = Code::ok;
  std::string message_;
};

[[noreturn]] void result_has_no_value(const Status& status);
[[noreturn]] void result_has_no_status();

// A value, or the Status that says why there is none. Asking for a value that is not there is a
// broken invariant.
// Threads: value.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {
    if (status_.ok()) [[unlikely]] {
      result_has_no_status();
    }
  }

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  // Status{} when there is a value.
  const Status& status() const { return status_; }

  T& value() & { return *checked(); }
  const T& value() const& { return *const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(*checked()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*checked()); }
  T* operator->() { return checked(); }
  const T* operator->() const { return const_cast<Result*>(this)->checked(); }
  T value_or(T fallback) && { return ok() ? std::move(*value_) : std::move(fallback); }

 private:
  T* checked() {
    if (!value_) [[unlikely]] {
      result_has_no_value(status_);
    }
    return &*value_;
  }

  std::optional<T> value_;
  Status status_;
};

}  // namespace eagre::base
