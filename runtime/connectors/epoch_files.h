// A file for each epoch, in a folder: results that others can read while the dataflow runs.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/data/snapshot.h"
#include "runtime/progress/time.h"

namespace eagre::connectors {

// FOLDER/epoch-0000000012.txt: names sort as the epochs do, up to ten digits.
std::string epoch_file(const std::string& folder, std::uint64_t epoch);
// Makes the folder if it is not there. Throws MisuseError if it cannot be written to.
void make_epoch_folder(const std::string& folder);
// The file has its name, in place of what had it, when all of it is durable. Throws
// std::runtime_error, naming the file, if anything fails.
void write_epoch_file(const std::string& path, const std::string& text);

// The function of a sink (operators::SortedSink) whose times have one coordinate. format:
// const T& -> std::string, a line.
//
// Laws: a file is there whole or not at all; what belongs to the boundary of a checkpoint and
// before is durable when it is taken, and later epochs are written again with the same bytes after
// a restore. So there is nothing to save.
// Threads: confined to one actor.
template <class T, class Format>
class EpochFiles {
 public:
  EpochFiles(std::string folder, Format format)
      : folder_(std::move(folder)), format_(std::move(format)) {}

  void operator()(const progress::Time& time, const std::vector<T>& records) {
    std::string text;
    for (const T& record : records) {
      text += format_(record);
      text += '\n';
    }
    write_epoch_file(epoch_file(folder_, time[0]), text);
  }

  void save(data::SnapshotWriter&) const {}
  void restore(data::SnapshotReader&) {}

 private:
  std::string folder_;
  Format format_;
};

}  // namespace eagre::connectors
