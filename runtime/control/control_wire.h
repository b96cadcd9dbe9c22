// Control messages to bytes and back: struct Control of schema/link.capnp, in Cap'n Proto's stream
// framing.
//
// Law: read_control of what append_control appended is the same message. read_control takes any
// bytes, reads none outside of them, and holds at most a small multiple of their length.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/message.h"

namespace eagre::control {

// Longer texts (reasons, names) are cut when they are written, and refused when they are read.
inline constexpr std::size_t kMaxTextBytes = std::size_t{64} << 10;
// Of one location; more are a broken invariant to the writer.
inline constexpr std::size_t kMaxFrontierTimes = std::size_t{1} << 14;

// The frequent ones are written word by word (control_words.cc). All times of one frontier must
// have the same number of coordinates, at most data::Batch::kMaxCoordinates.
void append_control(const ProgressSum& sum, std::vector<std::byte>& out);
void append_control(const FrontierDelta& delta, std::vector<std::byte>& out);
void append_control(const Credit& credit, std::vector<std::byte>& out);
// Any message but Deliver, through Cap'n Proto.
void append_control(const Message& message, std::vector<std::byte>& out);

// Code::input says what is wrong.
base::Result<Message> read_control(std::span<const std::byte> bytes);

}  // namespace eagre::control
