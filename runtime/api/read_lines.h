// Streams of records parsed from files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/stream.h"
#include "runtime/connectors/lines.h"

namespace eagre::api {

struct ReadLines {
  // Epoch e has so many lines of every file, from line e times that on (of every 64 MiB of a large
  // one), or as many as --epoch-records says; 0: everything is at epoch 0. Checkpoints are taken
  // between epochs.
  std::uint64_t epoch_lines = 0;
};

// The records that `parse` makes of the lines of `files`; large files are read by several workers.
// parse: (std::string_view line, give) -> void; it may throw Malformed, which ends the dataflow
// with FILE:LINE. Throws InputError at once for a file that cannot be opened.
template <class T, class Parse>
Stream<T> read_lines(const Scope& scope, const std::string& name,
                     const std::vector<std::string>& files, Parse parse, ReadLines how = {}) {
  auto parts =
      std::make_shared<const std::vector<connectors::FilePart>>(connectors::cut_files(files));
  const std::uint64_t epoch = how.epoch_lines == 0 ? 0 : scope.epoch_records(how.epoch_lines);
  return scope.source<T>(name, [parts, epoch, parse](std::uint32_t worker, std::uint32_t workers) {
    return connectors::LinePull<T, Parse>(parts, worker, workers, epoch, parse);
  });
}

}  // namespace eagre::api
