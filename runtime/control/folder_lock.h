// One run uses a checkpoint folder at a time.
#pragma once

#include <string>

#include "runtime/base/status.h"

namespace eagre::control {

// Keeps others from using the folder as long as it exists, through the file `lock` in it; when the
// process ends, however that comes, the folder is free again.
// Threads: confined to one thread.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  // Code::usage, and why, if it is not to be had.
  base::Status take() const;

 private:
  std::string folder_;
  int fd_;
};

}  // namespace eagre::control
