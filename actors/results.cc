#include "actors/results.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "runtime/base/crash_point.h"

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

// The file itself, where `path` is a link to one.
std::string resolved(const std::string& path) {
  char* const real = ::realpath(path.c_str(), nullptr);
  std::string result = real == nullptr ? path : std::string(real);
  std::free(real);
  return result;
}

// A new file in the folder of `path` that has no name yet, so that nothing of it stays whatever
// ends the process; where the file system cannot do that, one with the name `temporary`. What an
// earlier process left there is removed.
class NewFile {
 public:
  NewFile(const std::string& path, std::string temporary)
      : folder_(folder_of(path)), path_(path), temporary_(std::move(temporary)) {
    ::unlink(temporary_.c_str());
    fd_ = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (fd_ < 0) {
      fd_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      named_ = fd_ >= 0;
    }
  }
  ~NewFile() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
    if (named_) {
      ::unlink(temporary_.c_str());
    }
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  int fd() const { return fd_; }

  // Makes the file durable and gives it the name `path`, in place of what had it.
  base::Status publish() {
    if (::fsync(fd_) != 0) {
      return system_error("cannot sync the results for " + path_);
    }
    EAGRE_CRASH_POINT("results without their name");
    if (named_ || !link_to(path_)) {
      if (!named_ && !link_to(temporary_)) {
        return system_error("cannot create " + temporary_);
      }
      named_ = true;
      EAGRE_CRASH_POINT("results with a temporary name");
      if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return system_error("cannot rename " + temporary_ + " to " + path_);
      }
      named_ = false;
    }
    EAGRE_CRASH_POINT("results named");
    const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
      ::fsync(folder);
      ::close(folder);
    }
    return {};
  }

 private:
  // Gives the file a name that nothing has.
  bool link_to(const std::string& name) const {
    const std::string self = "/proc/self/fd/" + std::to_string(fd_);
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }

  std::string folder_;
  std::string path_;
  std::string temporary_;
  int fd_ = -1;
  bool named_ = false;
};

// Holds back the signals that a user ends a program with, while a file has a temporary name.
// Threads: confined to one thread, the only one left.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t ends;
    ::sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      ::sigaddset(&ends, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &ends, &before_);
  }
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

base::Status check_results(const std::string& option, const std::string& out) {
  if (out.empty()) {
    return {};
  }
  if (out.back() == '/') {
    return {base::Code::usage, option + " " + out + ": names a folder, not a file"};
  }
  struct stat found {};
  if (::stat(out.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    return {base::Code::usage, option + " " + out + ": exists and is no regular file"};
  }
  if (::access(folder_of(resolved(out)).c_str(), W_OK | X_OK) != 0) {
    return {base::Code::usage,
            option + " " + out + ": cannot write to its folder: " + std::strerror(errno)};
  }
  return {};
}

base::Status write_results(const std::vector<std::shared_ptr<std::string>>& parts,
                           const std::string& out) {
  if (out.empty()) {
    return write_parts(STDOUT_FILENO, parts, "stdout");
  }
  const SignalsHeld held;
  const std::string path = resolved(out);
  // The same for every process that writes these results: one that is killed leaves nothing that
  // the next one does not remove.
  NewFile file(path, folder_of(path) + "/." + path.substr(path.rfind('/') + 1) + ".eagre");
  if (file.fd() < 0) {
    return system_error("cannot create a file beside " + path);
  }
  base::Status status = write_parts(file.fd(), parts, out);
  return status.ok() ? file.publish() : status;
}

}  // namespace eagre::actors
