// Files to read, behind an interface, so that whoever reads can be tested without a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "runtime/base/status.h"

namespace eagre::base {

// Threads: confined to one thread.
class InputFile {
 public:
  virtual ~InputFile() = default;
  // Bytes in it; empty if that is not known, as with a pipe. A file of known size can be read from
  // anywhere; another one only from its start.
  virtual std::optional<std::uint64_t> size() const = 0;
  // Moves to `offset`. Only if the size is known.
  virtual Status seek(std::uint64_t offset) = 0;
  // Reads at most buffer.size() bytes; 0: the end.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

// Opens a file, or stdin for "-". Code::input, with the reason alone, if it is missing, unreadable
// or a folder.
Result<std::unique_ptr<InputFile>> open_input_file(const std::string& path);

// What its size() will be. A pipe is not opened: its writer would take the reader for gone when it
// is closed again.
Result<std::optional<std::uint64_t>> input_file_size(const std::string& path);

}  // namespace eagre::base
