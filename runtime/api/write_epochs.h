// Streams written to files while the dataflow runs.
#pragma once

#include <fmt/core.h>

#include <string>
#include <utility>

#include "runtime/api/stream.h"
#include "runtime/connectors/epoch_files.h"
#include "runtime/dataflow/failure.h"

namespace eagre::api {

// Writes the records of each epoch to a file of its own, FOLDER/epoch-NNNNNNNNNN.txt, when the
// epoch is complete: sorted by `less` and then canonically, a line for each record; no file where
// there is none. Files are there whole or not at all, and synced. format: const T& -> std::string.
// Throws MisuseError if the folder cannot be used, or inside a loop.
template <class T, class Less, class Format>
void write_epochs(const Stream<T>& stream, const std::string& folder, Less less, Format format) {
  stream.check_epochs("write_epochs()");
  const Builder& builder = *stream.scope().builder();
  if (builder.coordinates(stream.scope().index()) != 1) {
    throw dataflow::MisuseError(
        fmt::format("epochs of a stream inside the loop \"{}\" cannot be written: leave it first",
                    builder.scope_name(stream.scope().index())));
  }
  connectors::make_epoch_folder(folder);
  stream.sink(std::move(less), connectors::EpochFiles<T, Format>(folder, std::move(format)));
}

template <class T, class Format>
void write_epochs(const Stream<T>& stream, const std::string& folder, Format format) {
  write_epochs(
      stream, folder, [](const T&, const T&) { return false; }, std::move(format));
}

}  // namespace eagre::api
