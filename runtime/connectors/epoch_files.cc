#include "runtime/connectors/epoch_files.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <system_error>

#include "runtime/base/durable_file.h"
#include "runtime/dataflow/failure.h"

namespace eagre::connectors {

std::string epoch_file(const std::string& folder, std::uint64_t epoch) {
  return fmt::format("{}/epoch-{:010}.txt", folder, epoch);
}

void make_epoch_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  std::string why = error.message();
  if (std::filesystem::is_directory(folder, error)) {
    if (::access(folder.c_str(), W_OK | X_OK) == 0) {
      return;
    }
    why = std::strerror(errno);
  }
  throw dataflow::MisuseError(fmt::format("epochs cannot be written to \"{}\": {}", folder, why));
}

void write_epoch_file(const std::string& path, const std::string& text) {
  const base::Status status = base::write_file_whole(path, std::as_bytes(std::span(text)));
  if (!status.ok()) {
    throw std::runtime_error(status.message());
  }
}

}  // namespace eagre::connectors
