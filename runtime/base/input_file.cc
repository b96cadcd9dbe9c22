#include "runtime/base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace eagre::base {
namespace {

class PosixFile final : public InputFile {
 public:
  PosixFile(int fd, std::optional<std::uint64_t> size) : fd_(fd), size_(size) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override {
    if (fd_ != STDIN_FILENO) {
      ::close(fd_);
    }
  }

  std::optional<std::uint64_t> size() const override { return size_; }

  Status seek(std::uint64_t offset) override {
    if (::lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0) {
      return Status(Code::input, std::strerror(errno));
    }
    return {};
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    while (true) {
      const ssize_t bytes = ::read(fd_, buffer.data(), buffer.size());
      if (bytes >= 0) {
        return static_cast<std::size_t>(bytes);
      }
      if (errno != EINTR) {
        return Status(Code::input, std::strerror(errno));
      }
    }
  }

 private:
  int fd_;
  std::optional<std::uint64_t> size_;
};

}  // namespace

Result<std::unique_ptr<InputFile>> open_input_file(const std::string& path) {
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Status(Code::input, std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    const int error = S_ISDIR(info.st_mode) ? EISDIR : errno;
    if (fd != STDIN_FILENO) {
      ::close(fd);
    }
    return Status(Code::input, std::strerror(error));
  }
  // All who read stdin share one place in it, so it has no size and is read from where it stands,
  // even if a file is behind it.
  std::optional<std::uint64_t> size;
  if (fd != STDIN_FILENO && S_ISREG(info.st_mode)) {
    size = static_cast<std::uint64_t>(info.st_size);
  }
  return std::unique_ptr<InputFile>(std::make_unique<PosixFile>(fd, size));
}

Result<std::optional<std::uint64_t>> input_file_size(const std::string& path) {
  struct stat info {};
  if (path != "-" && ::stat(path.c_str(), &info) == 0 && S_ISFIFO(info.st_mode)) {
    if (::access(path.c_str(), R_OK) != 0) {
      return Status(Code::input, std::strerror(errno));
    }
    return std::optional<std::uint64_t>();
  }
  const Result<std::unique_ptr<InputFile>> file = open_input_file(path);
  if (!file.ok()) {
    return file.status();
  }
  return (*file)->size();
}

}  // namespace eagre::base
