// The messages of a checkpoint folder, as values and as bytes: what makes a checkpoint count, and
// what a generation went on from; schema/checkpoint.capnp describes them.
//
// Law: decoding what was encoded gives the same value. Bytes may be anything: what is read of them
// is bounded by their number, and a message fills them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/checkpoint_files.h"

namespace eagre::control {

struct CheckpointId {
  std::uint64_t generation = 0;
  std::uint64_t interval = 0;

  friend bool operator==(const CheckpointId&, const CheckpointId&) = default;
  friend auto operator<=>(const CheckpointId&, const CheckpointId&) = default;
};

// Threads: value.
struct Manifest {
  CheckpointId id;
  std::uint64_t epoch = 0;
  std::string program{};
  std::uint64_t plan = 0;
  std::uint64_t options = 0;
  std::uint32_t processes = 1;
  std::uint32_t workers = 1;
  // By node.
  std::vector<StateFile> files{};
  // Input records up to the boundary, since the beginning.
  std::uint64_t records = 0;

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// What a generation goes on from; none: it begins at the beginning.
using Claim = std::optional<CheckpointId>;

// Without the seal (checkpoint_files.h). `path`: where the bytes are from, for messages;
// Code::checkpoint if they are no such message.
std::vector<std::byte> encode(const Manifest& manifest);
base::Result<Manifest> decode_manifest(const std::string& path, std::span<const std::byte> bytes);
std::vector<std::byte> encode(const Claim& claim);
base::Result<Claim> decode_claim(const std::string& path, std::span<const std::byte> bytes);

}  // namespace eagre::control
