#include "tools/src/eagre/draft.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace eagre::tool {

namespace fs = std::filesystem;

Draft::Draft(fs::path target) : target_(std::move(target)) {
  std::string name =
      (target_.parent_path() / ("." + target_.filename().string() + "-XXXXXX")).string();
  if (mkdtemp(name.data()) != nullptr) {
    path_ = name;
  } else {
    error_ = errno;
  }
}

Draft::~Draft() {
  std::error_code ignored;
  if (!path_.empty()) {
    fs::remove_all(path_, ignored);
  }
}

base::Status Draft::ready() const {
  return path_.empty()
             ? base::Status(base::Code::failed, target_.string() + ": " + std::strerror(error_))
             : base::Status();
}

base::Status Draft::publish() {
  std::error_code error;
  fs::rename(path_, target_, error);
  if (error) {
    return {base::Code::failed, target_.string() + ": " + error.message()};
  }
  path_.clear();
  return {};
}

}  // namespace eagre::tool
