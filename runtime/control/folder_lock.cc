#include "runtime/control/folder_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace eagre::control {

FolderLock::FolderLock(const std::string& folder)
    : folder_(folder),
      fd_(::open((folder + "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

base::Status FolderLock::take() const {
  if (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0) {
    return {};
  }
  const bool taken = fd_ >= 0 && errno == EWOULDBLOCK;
  return {base::Code::usage,
          fmt::format("the checkpoint folder {} {}", folder_,
                      taken ? "is in use by another run: give each its own"
                            : std::string("cannot be used: ") + std::strerror(errno))};
}

}  // namespace eagre::control
