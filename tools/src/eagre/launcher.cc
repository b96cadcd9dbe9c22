#include "tools/src/eagre/launcher.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>

#include "tools/src/eagre/lines.h"
#include "tools/src/eagre/node_process.h"
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

// All of it, or as much as somebody reads.
void write_errors(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void tell(const std::string& text) {
  write_errors("eagre| " + text + '\n');
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

// The nodes while they run. None is left when it is destroyed.
class Nodes {
 public:
  Nodes() = default;
  ~Nodes() {
    send(SIGKILL);
    for (Node& node : nodes_) {
      if (!node.status) {
        waitpid(node.process.pid, nullptr, 0);
      }
    }
  }
  Nodes(const Nodes&) = delete;
  Nodes& operator=(const Nodes&) = delete;

  void add(NodeProcess process) {
    nodes_.push_back(
        {std::move(process), Lines(fmt::format("node {}| ", nodes_.size())), std::nullopt});
  }
  std::size_t size() const { return nodes_.size(); }
  pid_t pid(std::size_t node) const { return nodes_[node].process.pid; }
  bool all_ended() const {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [](const Node& node) { return node.status.has_value(); });
  }
  bool any_failed() const { return !failures_.empty(); }

  void send(int signal) const {
    for (const Node& node : nodes_) {
      if (!node.status) {
        kill(node.process.pid, signal);
      }
    }
  }

  void add_to(std::vector<pollfd>& sources) const {
    for (const Node& node : nodes_) {
      if (node.process.output.open()) {
        sources.push_back({node.process.output.get(), POLLIN, 0});
      }
    }
  }

  // Passes on what they have written.
  void follow() {
    for (Node& node : nodes_) {
      follow(node);
    }
  }

  // What a node that has ended wrote comes before the word of its end.
  void reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (pid == nodes_[i].process.pid) {
          ended(i, status);
        }
      }
    }
  }

  int exit_code() const {
    const int first = *nodes_.front().status;
    if (WIFEXITED(first) && WEXITSTATUS(first) != 0) {
      return WEXITSTATUS(first);
    }
    for (const int status : failures_) {
      if (WIFEXITED(status)) {
        return WEXITSTATUS(status);
      }
    }
    return failures_.empty() ? 0 : 128 + WTERMSIG(failures_.front());
  }

 private:
  struct Node {
    NodeProcess process;
    Lines lines;
    // As waitpid() gives it, once it has ended.
    std::optional<int> status;
  };

  static void follow(Node& node) {
    char buffer[1 << 16];
    while (node.process.output.open()) {
      const ssize_t n = read(node.process.output.get(), buffer, sizeof(buffer));
      if (n > 0) {
        write_errors(node.lines.add({buffer, static_cast<std::size_t>(n)}));
      } else if (n == 0) {
        node.process.output.reset();
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  void ended(std::size_t index, int status) {
    Node& node = nodes_[index];
    node.status = status;
    follow(node);
    write_errors(node.lines.finish());
    if (status == 0) {
      return;
    }
    failures_.push_back(status);
    tell(WIFSIGNALED(status)
             ? fmt::format("node {} was ended by signal {} ({})", index, WTERMSIG(status),
                           sigdescr_np(WTERMSIG(status)))
             : fmt::format("node {} ended with exit code {}", index, WEXITSTATUS(status)));
  }

  std::vector<Node> nodes_;
  // In the order in which they came.
  std::vector<int> failures_;
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
