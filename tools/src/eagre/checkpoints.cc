#include "tools/src/eagre/checkpoints.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/control/checkpoint_folder.h"
#include "runtime/control/folder_lock.h"

namespace eagre::tool {
namespace {

using control::CheckpointFolder;
using control::Manifest;

base::Result<CheckpointFolder> existing(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return base::Status(base::Code::usage, folder + " is no folder");
  }
  return CheckpointFolder::open(folder);
}

std::string name_of(const Manifest& manifest) {
  return fmt::format("{}-{}", manifest.id.generation, manifest.id.interval);
}

// The checkpoint of that name; with an empty one, the newest.
base::Result<Manifest> find(const CheckpointFolder& folder, const std::string& name) {
  std::vector<Manifest> all = folder.list();
  const auto found = name.empty() && !all.empty()
                         ? all.end() - 1
                         : std::find_if(all.begin(), all.end(), [&](const Manifest& manifest) {
                             return name_of(manifest) == name;
                           });
  if (found == all.end()) {
    return base::Status(base::Code::usage,
                        name.empty() ? "there is no checkpoint in " + folder.path()
                                     : "there is no checkpoint " + name + " in " + folder.path());
  }
  return std::move(*found);
}

// What an instance keeps.
struct Kept {
  std::uint64_t records = 0;
  // In memory.
  std::uint64_t bytes = 0;
  // Of its batches, as they are written.
  std::uint64_t hash = 0;
};

Kept kept_in(const data::Snapshot& snapshot) {
  Kept kept;
  std::vector<std::byte> wire;
  for (const data::Batch& batch : snapshot) {
    kept.records += batch.count();
    kept.bytes += batch.footprint();
    batch.append_wire(wire);
  }
  kept.hash = base::hash_bytes(wire);
  return kept;
}

// By instance.
base::Result<std::map<std::uint32_t, Kept>> kept_in(const CheckpointFolder& folder,
                                                    const Manifest& manifest) {
  std::map<std::uint32_t, Kept> all;
  for (std::uint32_t node = 0; node < manifest.processes; ++node) {
    const base::Result<control::NodeSnapshots> snapshots = folder.read_state(manifest, node);
    if (!snapshots.ok()) {
      return snapshots.status();
    }
    for (const auto& [instance, snapshot] : *snapshots) {
      all[instance] = kept_in(snapshot);
    }
  }
  return all;
}

std::uint64_t bytes_of(const Manifest& manifest) {
  return std::accumulate(
      manifest.files.begin(), manifest.files.end(), std::uint64_t{0},
      [](std::uint64_t sum, const control::StateFile& file) { return sum + file.bytes; });
}

}  // namespace

base::Status list_checkpoints(const std::string& folder) {
  const base::Result<CheckpointFolder> opened = existing(folder);
  if (!opened.ok()) {
    return opened.status();
  }
  fmt::print("{:<12} {:>12} {:>10} {:>8} {:>14}  {}\n", "checkpoint", "epoch", "processes",
             "workers", "bytes", "program");
  for (const Manifest& manifest : opened->list()) {
    fmt::print("{:<12} {:>12} {:>10} {:>8} {:>14}  {}\n", name_of(manifest), manifest.epoch,
               manifest.processes, manifest.workers, bytes_of(manifest), manifest.program);
  }
  return {};
}

base::Status show_checkpoint(const std::string& folder, const std::string& name) {
  const base::Result<CheckpointFolder> opened = existing(folder);
  if (!opened.ok()) {
    return opened.status();
  }
  const base::Result<Manifest> found = find(*opened, name);
  if (!found.ok()) {
    return found.status();
  }
  const Manifest& manifest = *found;
  fmt::print("checkpoint {}: {}, epoch {}, {} input records, {} processes with {} workers each\n",
             name_of(manifest), manifest.program, manifest.epoch, manifest.records,
             manifest.processes, manifest.workers);
  fmt::print("plan {:016x}, options {:016x}\n", manifest.plan, manifest.options);
  for (std::uint32_t node = 0; node < manifest.processes; ++node) {
    fmt::print("node {}: {} bytes, xxh3 {:016x}\n", node, manifest.files[node].bytes,
               manifest.files[node].hash);
    const base::Result<control::NodeSnapshots> snapshots = opened->read_state(manifest, node);
    if (!snapshots.ok()) {
      return snapshots.status();
    }
    for (const auto& [instance, snapshot] : *snapshots) {
      const Kept kept = kept_in(snapshot);
      fmt::print("  instance {}: {} records, {} bytes in memory\n", instance, kept.records,
                 kept.bytes);
    }
  }
  return {};
}

base::Status compare_checkpoints(const std::string& folder, const std::string& from,
                                 const std::string& to) {
  const base::Result<CheckpointFolder> opened = existing(folder);
  if (!opened.ok()) {
    return opened.status();
  }
  std::vector<Manifest> manifests;
  std::vector<std::map<std::uint32_t, Kept>> kept;
  for (const std::string& name : {from, to}) {
    base::Result<Manifest> manifest = find(*opened, name);
    if (!manifest.ok()) {
      return manifest.status();
    }
    base::Result<std::map<std::uint32_t, Kept>> all = kept_in(*opened, *manifest);
    if (!all.ok()) {
      return all.status();
    }
    manifests.push_back(std::move(manifest.value()));
    kept.push_back(std::move(all.value()));
  }
  const Manifest& a = manifests.front();
  const Manifest& b = manifests.back();
  if (a.plan != b.plan || a.processes * a.workers != b.processes * b.workers) {
    return {base::Code::usage,
            fmt::format("{} has {} workers in all, {} has {}{}: their instances are not the same",
                        from, a.processes * a.workers, to, b.processes * b.workers,
                        a.plan != b.plan ? ", and they are of different dataflows" : "")};
  }
  fmt::print("epoch {} to {}, {} to {} input records\n", a.epoch, b.epoch, a.records, b.records);
  std::set<std::uint32_t> instances;
  for (const auto& all : kept) {
    for (const auto& [instance, each] : all) {
      instances.insert(instance);
    }
  }
  for (const std::uint32_t instance : instances) {
    const Kept& before = kept.front()[instance];
    const Kept& after = kept.back()[instance];
    if (before.hash == after.hash) {
      fmt::print("instance {}: the same\n", instance);
    } else {
      fmt::print("instance {}: {} to {} records, {} to {} bytes in memory\n", instance,
                 before.records, after.records, before.bytes, after.bytes);
    }
  }
  return {};
}

base::Status remove_checkpoints(const std::string& folder, const std::string& name) {
  const base::Result<CheckpointFolder> opened = existing(folder);
  if (!opened.ok()) {
    return opened.status();
  }
  const control::FolderLock lock(folder);
  if (base::Status status = lock.take(); !status.ok()) {
    return status;
  }
  if (name.empty()) {
    opened->clear();
    return {};
  }
  const base::Result<Manifest> manifest = find(*opened, name);
  if (!manifest.ok()) {
    return manifest.status();
  }
  opened->remove(*manifest);
  return {};
}

base::Status verify_checkpoints(const std::string& folder) {
  const base::Result<CheckpointFolder> opened = existing(folder);
  if (!opened.ok()) {
    return opened.status();
  }
  base::Status first;
  for (const Manifest& manifest : opened->list()) {
    base::Status status = opened->verify(manifest);
    fmt::print("{} {}\n", name_of(manifest), status.ok() ? "is whole" : status.message());
    if (first.ok() && !status.ok()) {
      first = std::move(status);
    }
  }
  if (const base::Result<control::Newest> newest = opened->newest(); first.ok() && newest.ok()) {
    // A manifest that cannot be read is not listed.
    for (const std::string& problem : newest->damaged) {
      return {base::Code::checkpoint, problem};
    }
  } else if (first.ok()) {
    first = newest.status();
  }
  return first;
}

}  // namespace eagre::tool
