// Byte credit, as plain values: what a sender may have under way to one receiver. One pair of
// them belongs to one (edge, sending instance, receiving instance), never to a connection: credit
// shared by a connection deadlocks a pipeline that crosses it twice.
//
// Law: outstanding bytes are what was taken less what was given back; a sender that stops when
// blocked() has at most window + one activation under way; when the receiver has consumed all and
// says so, the sender is not blocked. So a batch larger than the window passes, alone.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

namespace eagre::data {

// The sender's side.
// Threads: confined to one actor.
class CreditSender {
 public:
  explicit CreditSender(base::ByteCount window) : window_(window.value()) {}

  // A batch of this footprint was sent. Always allowed: an activation may overdraw, the next one
  // does not start while blocked().
  void take(std::uint64_t bytes) { outstanding_ += bytes; }
  bool blocked() const { return outstanding_ >= window_ && outstanding_ != 0; }
  // The receiver consumed so much. Code::input, and nothing changes, if that is more than is
  // outstanding.
  base::Status give_back(std::uint64_t bytes);

  std::uint64_t outstanding() const { return outstanding_; }

 private:
  std::uint64_t window_;
  std::uint64_t outstanding_ = 0;
};

// The receiver's side: when to tell the sender. Returning every batch at once would double the
// number of messages; half a window keeps the sender going, and less than that may be kept back.
// Threads: confined to one actor.
class CreditReceiver {
 public:
  explicit CreditReceiver(base::ByteCount window) : threshold_(window.value() / 2) {}

  // A batch of this footprint was processed. What to return to the sender now, if anything.
  std::optional<std::uint64_t> consumed(std::uint64_t bytes);

  // Consumed and not yet returned.
  std::uint64_t pending() const { return pending_; }

 private:
  std::uint64_t threshold_;
  std::uint64_t pending_ = 0;
};

}  // namespace eagre::data
