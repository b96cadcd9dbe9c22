// Whole files, written so that they are there after a power failure, or not at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/status.h"

namespace eagre::base {

// Writes a new file and syncs it; its name is durable after sync_folder(). Code::failed, with the
// file's name, if anything fails; the file is then not to be used, whatever is in it.
Status write_file(const std::string& path, std::span<const std::byte> bytes);
// The same in one step: the file has its name, in place of what had it, when all of it is durable.
Status write_file_whole(const std::string& path, std::span<const std::byte> bytes);
// The same, but refused (Code::refused) if the name is taken already.
Status create_file_whole(const std::string& path, std::span<const std::byte> bytes);
Status sync_folder(const std::string& path);

// Code::input if it cannot be read.
Result<std::vector<std::byte>> read_file(const std::string& path);

}  // namespace eagre::base
