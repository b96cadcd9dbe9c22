// The folder in which checkpoints are kept; schema/checkpoint.capnp says what is in it.
//
// Laws: a checkpoint counts when its manifest has its name, which it gets when everything that it
// names is durable; a file counts when its length and its hash are those that were noted. Of
// several lives of a dataflow only the newest counts, and what it goes on from: what an older one,
// which was taken for dead, still writes changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/control/checkpoint_files.h"
#include "runtime/control/checkpoint_manifest.h"
#include "runtime/control/read_counts.h"

namespace eagre::control {

// What newest() found.
struct Newest {
  // None: there is no checkpoint.
  std::optional<Manifest> manifest{};
  // Newer ones that cannot be used, and why.
  std::vector<std::string> damaged{};
};

// Threads: value; two processes may use one folder at once, a node each, but only one of them
// claims and commits.
class CheckpointFolder {
 public:
  // Makes the folder if it is not there.
  static base::Result<CheckpointFolder> open(std::string path);

  // The checkpoint to go on from: every file of it was read and is as it was written.
  // Code::checkpoint if there are some and none of them is whole.
  base::Result<Newest> newest() const;
  // Begins a new generation, which nobody else has, and removes what no checkpoint needs any more.
  base::Result<std::uint64_t> claim(const std::optional<CheckpointId>& restored) const;
  // The one that has begun last; 0 if none has.
  std::uint64_t generation() const;
  // Where the processes of a generation count what they read. `before`: as in ReadCounts.
  base::Result<ReadCounts> create_counts(std::uint64_t generation, std::uint32_t processes,
                                         std::uint64_t before) const;
  base::Result<ReadCounts> counts(std::uint64_t generation) const;

  // What fails leaves nothing behind.
  base::Result<StateFile> write_state(const CheckpointId& id, std::uint32_t node,
                                      const NodeSnapshots& snapshots) const;
  // Of a checkpoint that is not to be.
  void remove_state(const CheckpointId& id, std::uint32_t node) const;
  base::Result<NodeSnapshots> read_state(const Manifest& manifest, std::uint32_t node) const;
  // Makes the checkpoint count.
  base::Status commit(const Manifest& manifest) const;
  // Removes all checkpoints but the newest few.
  void keep(std::uint64_t checkpoints) const;
  // Removes one of them.
  void remove(const Manifest& manifest) const;
  // Removes everything: the dataflow has ended, nothing is to be restored.
  void clear() const;

  // Code::checkpoint if it is not there, or not whole; its files are not looked at.
  base::Result<Manifest> manifest(const CheckpointId& id) const;
  // All whose manifest is whole, the oldest first.
  std::vector<Manifest> list() const;
  // Reads all of its files. Code::checkpoint, with the file's name, if one is not as it was
  // written.
  base::Status verify(const Manifest& manifest) const;
  const std::string& path() const { return path_; }

 private:
  explicit CheckpointFolder(std::string path) : path_(std::move(path)) {}
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::vector<CheckpointId> candidates() const;

  std::string path_;
};

}  // namespace eagre::control
