#include "tools/src/eagre/launcher.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>

#include "tools/src/eagre/node_process.h"
#include "tools/src/eagre/nodes.h"
#include "tools/src/eagre/roster.h"

namespace eagre::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};

// Ports of loopback that are free now, chosen by the system.
base::Result<std::vector<std::string>> free_addresses(std::uint32_t count) {
  std::vector<Descriptor> sockets;
  std::vector<std::string> addresses;
  for (std::uint32_t i = 0; i < count; ++i) {
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket.get(), raw, size) != 0 || getsockname(socket.get(), raw, &size) != 0) {
      return base::Status(base::Code::failed,
                          std::string("no free port on 127.0.0.1: ") + std::strerror(errno));
    }
    addresses.push_back(fmt::format("127.0.0.1:{}", ntohs(address.sin_port)));
    sockets.push_back(std::move(socket));
  }
  return addresses;
}

bool names_workers(const std::vector<std::string>& command) {
  return std::any_of(command.begin(), command.end(), [](const std::string& word) {
    return word == "--workers" || word.starts_with("--workers=");
  });
}

std::uint32_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? static_cast<std::uint32_t>(CPU_COUNT(&set))
                                                      : 1;
}

std::vector<std::string> command_of(const Launch& launch, const std::string& addresses,
                                    std::uint32_t node) {
  std::vector<std::string> command = {launch.command.front(), "--nodes", addresses, "--node",
                                      std::to_string(node)};
  if (!names_workers(launch.command)) {
    command.emplace_back("--workers");
    command.push_back(std::to_string(std::max(usable_cores() / launch.nodes, 1U)));
  }
  command.insert(command.end(), launch.command.begin() + 1, launch.command.end());
  return command;
}

// The signals that the launcher waits for, and no longer gets otherwise.
class Signals {
 public:
  Signals() {
    sigset_t watched;
    sigemptyset(&watched);
    for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) {
      sigaddset(&watched, signal);
    }
    sigprocmask(SIG_BLOCK, &watched, &before_);
    signal(SIGPIPE, SIG_IGN);
    source_ = Descriptor(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  const sigset_t& before() const { return before_; }
  const Descriptor& source() const { return source_; }
  std::optional<int> next() const {
    signalfd_siginfo info{};
    return read(source_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))
               ? std::optional(static_cast<int>(info.ssi_signo))
               : std::nullopt;
  }

 private:
  sigset_t before_{};
  Descriptor source_;
};

// From the moment that all should end.
class Deadline {
 public:
  bool set() const { return at_.has_value(); }
  void start() {
    if (!at_) {
      at_ = Clock::now() + kPatience;
    }
  }
  bool over() const { return at_ && Clock::now() >= *at_; }
  // For poll().
  int left() const {
    if (!at_) {
      return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*at_ - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }

 private:
  std::optional<Clock::time_point> at_;
};

void wait_until_all_have_ended(Nodes& nodes, const Signals& signals) {
  Deadline deadline;
  bool asked = false;
  bool killed = false;
  while (!nodes.all_ended()) {
    std::vector<pollfd> sources = {{signals.source().get(), POLLIN, 0}};
    nodes.add_to(sources);
    poll(sources.data(), sources.size(), killed ? -1 : deadline.left());
    nodes.follow();
    while (const std::optional<int> signal = signals.next()) {
      if (*signal == SIGCHLD) {
        continue;
      }
      // One that is paused would not notice.
      nodes.send(asked ? SIGKILL : SIGTERM);
      nodes.send(SIGCONT);
      asked = true;
      deadline.start();
    }
    nodes.reap();
    if (nodes.any_failed()) {
      deadline.start();
    }
    if (deadline.over() && !killed && !nodes.all_ended()) {
      tell(fmt::format("what goes on after {} s is killed", kPatience.count()));
      nodes.send(SIGKILL);
      killed = true;
    }
  }
}

}  // namespace

base::Result<int> run_cluster(const Launch& launch) {
  const base::Result<std::string> folder = cluster_folder(launch.folder);
  if (!folder.ok()) {
    return folder.status();
  }
  const base::Result<Descriptor> lock = lock_folder(folder.value());
  if (!lock.ok()) {
    return lock.status();
  }
  const base::Result<std::vector<std::string>> addresses = free_addresses(launch.nodes);
  if (!addresses.ok()) {
    return addresses.status();
  }
  std::string list;
  for (const std::string& address : addresses.value()) {
    list += (list.empty() ? "" : ",") + address;
  }
  const Signals signals;
  Nodes nodes;
  Roster roster;
  roster.launcher = process_of(getpid()).value_or(Process());
  for (std::uint32_t i = 0; i < launch.nodes; ++i) {
    base::Result<NodeProcess> node =
        start_node(command_of(launch, list, i), i == 0, signals.before());
    if (!node.ok()) {
      return node.status();
    }
    nodes.add(std::move(node.value()));
    roster.nodes.push_back({process_of(nodes.pid(i)).value_or(Process()), addresses.value()[i]});
  }
  if (base::Status status = write_roster(folder.value(), roster); !status.ok()) {
    return status;
  }
  tell(fmt::format("{} nodes started, see {}/cluster.json", nodes.size(), folder.value()));
  wait_until_all_have_ended(nodes, signals);
  remove_roster(folder.value());
  return nodes.exit_code();
}

}  // namespace eagre::tool
