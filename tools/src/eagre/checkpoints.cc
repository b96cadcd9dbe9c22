#include "tools/src/eagre/checkpoints.h"

#include <fmt/core.h>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <utility>
#include <vector>

#include "runtime/control/checkpoint_folder.h"

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
  for (const std::vector<Manifest> all = opened->list(); const Manifest& manifest : all) {
    if (name.empty() ? &manifest != &all.back() : name_of(manifest) != name) {
      continue;
    }
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
        std::uint64_t records = 0;
        std::uint64_t bytes = 0;
        for (const data::Batch& batch : snapshot) {
          records += batch.count();
          bytes += batch.footprint();
        }
        fmt::print("  instance {}: {} records, {} bytes in memory\n", instance, records, bytes);
      }
    }
    return {};
  }
  return {base::Code::usage, name.empty() ? "there is no checkpoint in " + folder
                                          : "there is no checkpoint " + name + " in " + folder};
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
