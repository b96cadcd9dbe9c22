#include "runtime/control/checkpoint_files.h"

#include <fmt/core.h>

#include <cstring>

#include "runtime/base/durable_file.h"
#include "runtime/base/hash.h"

namespace eagre::control {
namespace {

void put(std::vector<std::byte>& out, const void* from, std::size_t size) {
  const auto* const begin = static_cast<const std::byte*>(from);
  out.insert(out.end(), begin, begin + size);
}

struct EntryHeader {
  std::uint32_t instance = 0;
  std::uint32_t zero = 0;
  std::uint64_t bytes = 0;
};

}  // namespace

base::Status damaged(const std::string& path, const std::string& why) {
  return {base::Code::checkpoint, path + " is damaged: " + why};
}

std::vector<std::byte> seal(std::span<const std::byte> body) {
  std::vector<std::byte> bytes(body.begin(), body.end());
  const std::uint64_t hash = base::hash_bytes(body);
  put(bytes, &hash, sizeof(hash));
  return bytes;
}

base::Result<std::vector<std::byte>> read_sealed(const std::string& path) {
  base::Result<std::vector<std::byte>> file = base::read_file(path);
  if (!file.ok()) {
    return base::Status(base::Code::checkpoint, file.status().message());
  }
  std::vector<std::byte>& bytes = file.value();
  std::uint64_t hash = 0;
  if (bytes.size() < 2 * sizeof(hash) || bytes.size() % sizeof(hash) != 0) {
    return damaged(path, fmt::format("it has {} bytes", bytes.size()));
  }
  std::memcpy(&hash, bytes.data() + bytes.size() - sizeof(hash), sizeof(hash));
  bytes.resize(bytes.size() - sizeof(hash));
  if (hash != base::hash_bytes(bytes)) {
    return damaged(path, "its hash is another one");
  }
  return file;
}

std::vector<std::byte> encode(const NodeSnapshots& snapshots) {
  std::vector<std::byte> bytes;
  std::vector<std::byte> wire;
  for (const auto& [instance, snapshot] : snapshots) {
    for (const data::Batch& batch : snapshot) {
      wire.clear();
      batch.append_wire(wire);
      const EntryHeader header{instance, 0, wire.size()};
      put(bytes, &header, sizeof(header));
      put(bytes, wire.data(), wire.size());
    }
  }
  return bytes;
}

base::Result<NodeSnapshots> decode(const std::string& path, std::span<const std::byte> bytes) {
  NodeSnapshots snapshots;
  std::span<const std::byte> rest = bytes;
  while (!rest.empty()) {
    EntryHeader header;
    if (rest.size() < sizeof(header)) {
      return damaged(path, "it ends within an entry");
    }
    std::memcpy(&header, rest.data(), sizeof(header));
    rest = rest.subspan(sizeof(header));
    if (header.bytes > rest.size()) {
      return damaged(path, "it ends within an entry");
    }
    if (header.instance >= kMaxInstances || header.zero != 0) {
      return damaged(path, fmt::format("an entry of instance {}", header.instance));
    }
    base::Result<data::Batch> batch = data::Batch::from_wire(rest.first(header.bytes));
    if (!batch.ok()) {
      return damaged(path, batch.status().message());
    }
    if (snapshots.empty() || snapshots.back().first != header.instance) {
      snapshots.emplace_back(header.instance, data::Snapshot());
    }
    snapshots.back().second.push_back(std::move(batch.value()));
    rest = rest.subspan(header.bytes);
  }
  return snapshots;
}

base::Result<std::vector<std::byte>> read_whole(const std::string& path, const StateFile& noted) {
  base::Result<std::vector<std::byte>> bytes = base::read_file(path);
  if (!bytes.ok()) {
    return base::Status(base::Code::checkpoint, bytes.status().message());
  }
  if (bytes->size() != noted.bytes) {
    return damaged(path,
                   fmt::format("it has {} bytes and should have {}", bytes->size(), noted.bytes));
  }
  if (base::hash_bytes(*bytes) != noted.hash) {
    return damaged(path, "its hash is another one");
  }
  return bytes;
}

}  // namespace eagre::control
