#include "tools/src/bench/fleet.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <thread>

#include "runtime/base/log.h"
#include "tools/src/bench/parts.h"

namespace eagre::bench {
namespace {

constexpr std::uint32_t kMaxProcesses = 16;
constexpr std::chrono::seconds kPatience{120};

// In memory that all processes share.
struct Shared {
  std::atomic<std::uint64_t> arrived{0};
  std::array<std::atomic<std::uint16_t>, kMaxProcesses> ports{};
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint64_t> sum{0};
};

Place here;
Shared* shared = nullptr;
std::vector<pid_t> others;
std::uint64_t meetings = 0;

[[noreturn]] void give_up(const char* what) {
  fmt::print(stderr, "bench: {}\n", what);
  std::_Exit(1);
}

// Returns when all processes have come so far.
void meet() {
  ++meetings;
  shared->arrived.fetch_add(1);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (shared->arrived.load() < meetings * here.processes) {
    if (std::chrono::steady_clock::now() > deadline) {
      give_up("another process of the workload does not come");
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

// Ports that were free a moment ago.
void choose_ports() {
  std::vector<int> sockets;
  for (std::uint32_t i = 0; i < here.processes; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (socket < 0 || ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      give_up("no port is free");
    }
    shared->ports[i] = ntohs(address.sin_port);
    sockets.push_back(socket);
  }
  for (const int socket : sockets) {
    ::close(socket);
  }
}

}  // namespace

const Place& place() {
  return here;
}

void start_fleet(std::uint32_t processes) {
  if (processes > kMaxProcesses) {
    give_up("too many processes");
  }
  void* const memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    give_up("no memory to share");
  }
  shared = new (memory) Shared;
  here.processes = processes;
  // What nodes say of joining would be in between the rows.
  base::set_log_level(base::LogLevel::warn);
  const pid_t first = ::getpid();
  for (std::uint32_t i = 1; i < processes; ++i) {
    const pid_t pid = ::fork();
    if (pid < 0) {
      give_up("cannot start a process");
    }
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != first) {
        std::_Exit(1);
      }
      here.process = i;
      others.clear();
      return;
    }
    others.push_back(pid);
  }
}

bool end_fleet() {
  bool well = true;
  for (const pid_t pid : others) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    well = well && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return well;
}

std::vector<control::Address> next_addresses() {
  if (here.process == 0) {
    choose_ports();
    shared->count = 0;
    shared->sum = 0;
  }
  meet();
  std::vector<control::Address> addresses;
  for (std::uint32_t i = 0; i < here.processes; ++i) {
    addresses.push_back({"127.0.0.1", shared->ports[i].load()});
  }
  return addresses;
}

void add_up(Totals& totals) {
  shared->count += totals.count;
  shared->sum += totals.sum;
  meet();
  totals.count = shared->count.load();
  totals.sum = shared->sum.load();
}

}  // namespace eagre::bench
