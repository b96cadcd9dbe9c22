// A folder that is made as a whole or not at all.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/status.h"

namespace eagre::tool {

// A folder beside `target`, which only its owner can read, removed with all that is in it unless it
// has taken the target's place.
// Threads: confined to one thread.
class Draft {
 public:
  explicit Draft(std::filesystem::path target);
  ~Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // Whether it could be made; nothing else may be asked of it otherwise.
  base::Status ready() const;
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  // Takes the place of the target, if that is empty or not there.
  base::Status publish();

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;
  int error_ = 0;
};

}  // namespace eagre::tool
