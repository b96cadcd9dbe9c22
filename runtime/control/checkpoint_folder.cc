#include "runtime/control/checkpoint_folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <system_error>

#include "runtime/base/crash_point.h"
#include "runtime/base/durable_file.h"
#include "runtime/base/hash.h"
#include "runtime/control/checkpoint_files.h"

namespace eagre::control {
namespace {

namespace fs = std::filesystem;

std::string manifest_name(const CheckpointId& id) {
  return fmt::format("manifest-{}-{}", id.generation, id.interval);
}
std::string state_name(const CheckpointId& id, std::uint32_t node) {
  return fmt::format("state-{}-{}-{}", id.generation, id.interval, node);
}
std::string claim_name(std::uint64_t generation) {
  return fmt::format("generation-{}", generation);
}
std::string counts_name(std::uint64_t generation) {
  return fmt::format("read-{}", generation);
}

// The numbers in a file's name, "kind-1-2"; none if it is another kind of file.
std::optional<std::vector<std::uint64_t>> numbers_of(std::string_view name, std::string_view kind,
                                                     std::size_t count) {
  if (!name.starts_with(kind)) {
    return std::nullopt;
  }
  name.remove_prefix(kind.size());
  std::vector<std::uint64_t> numbers;
  while (!name.empty()) {
    if (name.front() != '-' || name.size() == 1) {
      return std::nullopt;
    }
    name.remove_prefix(1);
    std::uint64_t number = 0;
    while (!name.empty() && name.front() >= '0' && name.front() <= '9') {
      number = number * 10 + static_cast<std::uint64_t>(name.front() - '0');
      name.remove_prefix(1);
    }
    numbers.push_back(number);
  }
  return numbers.size() == count ? std::optional(numbers) : std::nullopt;
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename());
  }
  return names;
}

base::Result<Claim> read_claim(const std::string& path) {
  const base::Result<std::vector<std::byte>> body = read_sealed(path);
  return body.ok() ? decode_claim(path, *body) : body.status();
}

void remove_file(const std::string& path) {
  std::error_code ignored;  // what is left takes room and nothing else
  fs::remove(path, ignored);
}

}  // namespace

base::Result<CheckpointFolder> CheckpointFolder::open(std::string path) {
  std::error_code error;
  fs::create_directory(path, error);
  if (!fs::is_directory(path, error)) {
    return base::Status(base::Code::usage,
                        fmt::format("the checkpoint folder {} cannot be used: {}", path,
                                    error ? error.message() : "it is no folder"));
  }
  return CheckpointFolder(std::move(path));
}

// Manifests that count, the newest first: those of the newest generation, then what it goes on
// from and what was before that, and so on.
std::vector<CheckpointId> CheckpointFolder::candidates() const {
  std::set<std::uint64_t> claims;
  std::map<std::uint64_t, std::set<std::uint64_t>> manifests;
  for (const std::string& name : names_in(path_)) {
    if (const auto claim = numbers_of(name, "generation", 1)) {
      claims.insert((*claim)[0]);
    } else if (const auto manifest = numbers_of(name, "manifest", 2)) {
      manifests[(*manifest)[0]].insert((*manifest)[1]);
    }
  }
  std::vector<CheckpointId> found;
  std::optional<CheckpointId> from;
  if (!claims.empty()) {
    from = CheckpointId{*claims.rbegin(), std::numeric_limits<std::uint64_t>::max()};
  }
  while (from) {
    const CheckpointId last = *std::exchange(from, std::nullopt);
    const auto& own = manifests[last.generation];
    for (auto at = own.rbegin(); at != own.rend(); ++at) {
      if (*at <= last.interval) {
        found.push_back({last.generation, *at});
      }
    }
    const base::Result<Claim> claim = read_claim(file(claim_name(last.generation)));
    if (claim.ok() && *claim && (*claim)->generation < last.generation) {
      from = **claim;
    }
    if (!claim.ok() && last.generation > 1) {
      // Which of the older ones it went on from is not known: any of them may be its past.
      for (auto older = manifests.rbegin(); older != manifests.rend(); ++older) {
        if (older->first < last.generation && !older->second.empty()) {
          from = CheckpointId{older->first, *older->second.rbegin()};
          break;
        }
      }
    }
  }
  return found;
}

base::Result<Manifest> CheckpointFolder::manifest(const CheckpointId& id) const {
  const std::string path = file(manifest_name(id));
  const base::Result<std::vector<std::byte>> body = read_sealed(path);
  base::Result<Manifest> manifest = body.ok() ? decode_manifest(path, *body) : body.status();
  if (manifest.ok() && manifest->id != id) {
    return damaged(path, "it belongs to another checkpoint");
  }
  return manifest;
}

base::Result<Newest> CheckpointFolder::newest() const {
  Newest newest;
  for (const CheckpointId& id : candidates()) {
    base::Result<Manifest> found = manifest(id);
    const base::Status status = found.ok() ? verify(*found) : found.status();
    if (status.ok()) {
      newest.manifest = std::move(found.value());
      return newest;
    }
    newest.damaged.push_back(status.message());
  }
  if (!newest.damaged.empty()) {
    return base::Status(base::Code::checkpoint, fmt::format("no checkpoint in {} can be used: {}",
                                                            path_, newest.damaged.front()));
  }
  return newest;
}

std::uint64_t CheckpointFolder::generation() const {
  std::uint64_t newest = 0;
  for (const std::string& name : names_in(path_)) {
    if (const auto claim = numbers_of(name, "generation", 1)) {
      newest = std::max(newest, (*claim)[0]);
    }
  }
  return newest;
}

base::Result<ReadCounts> CheckpointFolder::create_counts(std::uint64_t generation,
                                                         std::uint32_t processes,
                                                         std::uint64_t before) const {
  return ReadCounts::create(file(counts_name(generation)), processes, before);
}

base::Result<ReadCounts> CheckpointFolder::counts(std::uint64_t generation) const {
  return ReadCounts::open(file(counts_name(generation)));
}

base::Result<std::uint64_t> CheckpointFolder::claim(
    const std::optional<CheckpointId>& restored) const {
  std::uint64_t generation = this->generation();
  const std::vector<std::byte> bytes = seal(encode(Claim(restored)));
  base::Status status;
  do {
    status = base::create_file_whole(file(claim_name(++generation)), bytes);
  } while (status.code() == base::Code::refused);
  if (!status.ok()) {
    return status;
  }
  keep(std::numeric_limits<std::uint64_t>::max());
  return generation;
}

base::Result<StateFile> CheckpointFolder::write_state(const CheckpointId& id, std::uint32_t node,
                                                      const NodeSnapshots& snapshots) const {
  const std::vector<std::byte> bytes = encode(snapshots);
  base::Status status = base::write_file(file(state_name(id, node)), bytes);
  if (status.ok()) {
    status = base::sync_folder(path_);
  }
  if (!status.ok()) {
    remove_state(id, node);
    return status;
  }
  return StateFile{bytes.size(), base::hash_bytes(bytes)};
}

void CheckpointFolder::remove_state(const CheckpointId& id, std::uint32_t node) const {
  remove_file(file(state_name(id, node)));
}

base::Result<NodeSnapshots> CheckpointFolder::read_state(const Manifest& manifest,
                                                         std::uint32_t node) const {
  const std::string path = file(state_name(manifest.id, node));
  const base::Result<std::vector<std::byte>> bytes = read_whole(path, manifest.files.at(node));
  return bytes.ok() ? decode(path, *bytes) : bytes.status();
}

base::Status CheckpointFolder::verify(const Manifest& manifest) const {
  for (std::uint32_t node = 0; node < manifest.files.size(); ++node) {
    const auto bytes = read_whole(file(state_name(manifest.id, node)), manifest.files[node]);
    if (!bytes.ok()) {
      return bytes.status();
    }
  }
  return {};
}

base::Status CheckpointFolder::commit(const Manifest& manifest) const {
  return base::write_file_whole(file(manifest_name(manifest.id)), seal(encode(manifest)));
}

void CheckpointFolder::keep(std::uint64_t checkpoints) const {
  std::vector<CheckpointId> kept = candidates();
  const std::uint64_t newest_claim = generation();
  const std::vector<std::string> names = names_in(path_);
  kept.resize(std::min<std::size_t>(kept.size(), checkpoints));
  const auto is_kept = [&](const CheckpointId& id) {
    // What the newest generation is writing is no rubbish, though nothing names it yet.
    const bool being_written = id.generation == newest_claim && (kept.empty() || id > kept.front());
    return being_written || std::find(kept.begin(), kept.end(), id) != kept.end();
  };
  for (const std::string& name : names) {
    // Manifests go first: what they name must be there as long as they are.
    const auto manifest = numbers_of(name, "manifest", 2);
    if (manifest && !is_kept({(*manifest)[0], (*manifest)[1]})) {
      remove_file(file(name));
    }
  }
  EAGRE_CRASH_POINT("old manifests removed");
  for (const std::string& name : names) {
    const auto state = numbers_of(name, "state", 3);
    const auto counts = numbers_of(name, "read", 1);
    const bool is_rubbish = state    ? !is_kept({(*state)[0], (*state)[1]})
                            : counts ? (*counts)[0] < newest_claim
                                     : name.ends_with(".tmp");
    if (is_rubbish) {
      remove_file(file(name));
    }
  }
}

void CheckpointFolder::remove(const Manifest& manifest) const {
  remove_file(file(manifest_name(manifest.id)));
  for (std::uint32_t node = 0; node < manifest.files.size(); ++node) {
    remove_state(manifest.id, node);
  }
}

void CheckpointFolder::clear() const {
  for (const auto& [kind, numbers] :
       {std::pair("manifest", 2U), {"state", 3U}, {"read", 1U}, {"generation", 1U}}) {
    for (const std::string& name : names_in(path_)) {
      if (numbers_of(name, kind, numbers)) {
        remove_file(file(name));
        EAGRE_CRASH_POINT("folder half cleared");
      }
    }
  }
}

std::vector<Manifest> CheckpointFolder::list() const {
  std::vector<Manifest> all;
  for (const CheckpointId& id : candidates()) {
    if (base::Result<Manifest> found = manifest(id); found.ok()) {
      all.push_back(std::move(found.value()));
    }
  }
  std::reverse(all.begin(), all.end());
  return all;
}

}  // namespace eagre::control
