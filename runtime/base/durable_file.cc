#include "runtime/base/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/base/crash_point.h"
#include "runtime/base/input_file.h"

namespace eagre::base {
namespace {

Status problem(const std::string& what, const std::string& path) {
  return {Code::failed, what + " " + path + ": " + std::strerror(errno)};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Status write_all(int fd, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return problem("cannot write", path);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  EAGRE_CRASH_POINT("file written");
  // What failed to sync once is never trusted: a second call may say that all is well.
  return ::fsync(fd) == 0 ? Status() : problem("cannot sync", path);
}

}  // namespace

Status write_file(const std::string& path, std::span<const std::byte> bytes) {
  const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) {
    return problem("cannot create", path);
  }
  EAGRE_CRASH_POINT("file created");
  Status status = write_all(fd, bytes, path);
  if (::close(fd) != 0 && status.ok()) {
    status = problem("cannot close", path);
  }
  return status;
}

Status write_file_whole(const std::string& path, std::span<const std::byte> bytes) {
  const std::string temporary = path + ".tmp";
  Status status = write_file(temporary, bytes);
  EAGRE_CRASH_POINT("file without its name");
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = problem("cannot rename " + temporary + " to", path);
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  EAGRE_CRASH_POINT("file named");
  return sync_folder(folder_of(path));
}

Status create_file_whole(const std::string& path, std::span<const std::byte> bytes) {
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
  Status status = write_file(temporary, bytes);
  EAGRE_CRASH_POINT("new file without its name");
  if (status.ok() && ::link(temporary.c_str(), path.c_str()) != 0) {
    status = errno == EEXIST ? Status(Code::refused, path + " is there already")
                             : problem("cannot create", path);
  }
  ::unlink(temporary.c_str());
  return status.ok() ? sync_folder(folder_of(path)) : status;
}

Status sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return problem("cannot open the folder", path);
  }
  Status status = ::fsync(folder) == 0 ? Status() : problem("cannot sync the folder", path);
  ::close(folder);
  return status;
}

Result<std::vector<std::byte>> read_file(const std::string& path) {
  Result<std::unique_ptr<InputFile>> file = open_input_file(path);
  if (!file.ok()) {
    return Status(Code::input, path + " cannot be read: " + file.status().message());
  }
  std::vector<std::byte> bytes;
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) {
      bytes.resize(std::max<std::size_t>(2 * size, (*file)->size().value_or(0) + 1));
    }
    const Result<std::size_t> read =
        (*file)->read(std::span(reinterpret_cast<char*>(bytes.data()) + size, bytes.size() - size));
    if (!read.ok()) {
      return Status(Code::input, path + " cannot be read: " + read.status().message());
    }
    if (read.value() == 0) {
      bytes.resize(size);
      return bytes;
    }
    size += read.value();
  }
}

}  // namespace eagre::base
