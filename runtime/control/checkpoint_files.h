// What the files of a checkpoint folder look like inside; schema/checkpoint.capnp describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/data/snapshot.h"

namespace eagre::control {

// Length and hash (xxh3) of a file.
struct StateFile {
  std::uint64_t bytes = 0;
  std::uint64_t hash = 0;

  friend bool operator==(const StateFile&, const StateFile&) = default;
};

// Snapshots of the instances of a node, by instance.
using NodeSnapshots = std::vector<std::pair<std::uint32_t, data::Snapshot>>;

// Instances of which a file may tell.
inline constexpr std::uint32_t kMaxInstances = std::uint32_t{1} << 22;

// Code::checkpoint, saying which file it is.
base::Status damaged(const std::string& path, const std::string& why);

// The bytes of a message, and their hash.
std::vector<std::byte> seal(std::span<const std::byte> body);
// The bytes of the message in a sealed file. Code::checkpoint if it is not there or not whole.
base::Result<std::vector<std::byte>> read_sealed(const std::string& path);

std::vector<std::byte> encode(const NodeSnapshots& snapshots);
// `path`: where they are from, for messages.
base::Result<NodeSnapshots> decode(const std::string& path, std::span<const std::byte> bytes);
// A file of which length and hash were noted. Code::checkpoint if it is another one.
base::Result<std::vector<std::byte>> read_whole(const std::string& path, const StateFile& noted);

}  // namespace eagre::control
