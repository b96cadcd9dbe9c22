#include "actors/results.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace eagre::actors {
namespace {

base::Status system_error(const std::string& what) {
  return {base::Code::failed, what + ": " + std::strerror(errno)};
}

base::Status write_all(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return system_error("cannot write the results to " + name);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

base::Status write_parts(int fd, const std::vector<std::shared_ptr<std::string>>& parts,
                         const std::string& name) {
  for (const std::shared_ptr<std::string>& part : parts) {
    if (base::Status status = write_all(fd, *part, name); !status.ok()) {
      return status;
    }
  }
  return {};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

base::Status check_results(const std::string& out) {
  if (out.empty()) {
    return {};
  }
  if (out.back() == '/') {
    return {base::Code::usage, "--out " + out + ": names a folder, not a file"};
  }
  if (::access(folder_of(out).c_str(), W_OK | X_OK) != 0) {
    return {base::Code::usage,
            "--out " + out + ": cannot write to its folder: " + std::strerror(errno)};
  }
  return {};
}

base::Status write_results(const std::vector<std::shared_ptr<std::string>>& parts,
                           const std::string& out) {
  if (out.empty()) {
    return write_parts(STDOUT_FILENO, parts, "stdout");
  }
  std::string temporary = out + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) {
    return system_error("cannot create " + temporary);
  }
  // mkstemp makes files private; results are as readable as any file the user makes.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  base::Status status = write_parts(fd, parts, out);
  if (status.ok() && ::fchmod(fd, 0666 & ~mask) != 0) {
    status = system_error("cannot set the mode of " + temporary);
  }
  if (status.ok() && ::fsync(fd) != 0) {
    status = system_error("cannot sync " + temporary);
  }
  if (::close(fd) != 0 && status.ok()) {
    status = system_error("cannot close " + temporary);
  }
  if (status.ok() && ::rename(temporary.c_str(), out.c_str()) != 0) {
    status = system_error("cannot rename " + temporary + " to " + out);
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  const int folder = ::open(folder_of(out).c_str(), O_RDONLY | O_DIRECTORY);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return {};
}

}  // namespace eagre::actors
