#include "actors/termination.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include "actors/options.h"
#include "runtime/base/check.h"

namespace eagre::actors {
namespace {

sigset_t terminating() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

TerminationHold::TerminationHold() {
  const sigset_t set = terminating();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

TerminationHold::~TerminationHold() {
  const sigset_t set = terminating();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

Termination::Termination() {
  const sigset_t set = terminating();
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  stop_ = eventfd(0, EFD_CLOEXEC);
  EAGRE_CHECK(signals_ >= 0 && stop_ >= 0, "no descriptors to watch for SIGTERM: error {}", errno);
  thread_ = std::thread([this] { watch(); });
}

Termination::~Termination() {
  const std::uint64_t one = 1;
  EAGRE_CHECK(write(stop_, &one, sizeof(one)) == sizeof(one),
              "the watch for SIGTERM cannot be ended: error {}", errno);
  thread_.join();
  close(signals_);
  close(stop_);
}

void Termination::on_first(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  action_ = std::move(action);
  if (came_) {
    action_();
  }
}

void Termination::watch() {
  for (;;) {
    pollfd watched[] = {{signals_, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) {
      continue;
    }
    if (watched[1].revents != 0) {
      return;
    }
    signalfd_siginfo info;
    while (read(signals_, &info, sizeof(info)) == sizeof(info)) {
      const std::lock_guard lock(mutex_);
      if (std::exchange(came_, true)) {
        _exit(kTerminated);
      }
      if (action_) {
        action_();
      }
    }
  }
}

}  // namespace eagre::actors
