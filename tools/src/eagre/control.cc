#include "tools/src/eagre/control.h"

#include <fmt/core.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>
#include <vector>

#include "tools/src/eagre/roster.h"

namespace eagre::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};

base::Result<Roster> find_cluster(const std::string& given) {
  const base::Result<std::string> folder = cluster_folder(given);
  return folder.ok() ? read_roster(folder.value()) : base::Result<Roster>(folder.status());
}

std::optional<std::size_t> parse_index(const std::string& text, std::size_t size) {
  std::size_t index = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  return error == std::errc() && stop == end && index < size ? std::optional(index) : std::nullopt;
}

// Whether all have ended in time.
bool wait_for(const std::vector<Descriptor>& held) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  return std::all_of(held.begin(), held.end(), [&](const Descriptor& process) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ended{process.get(), POLLIN, 0};
    return poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) == 1;
  });
}

// Nothing tells a process that another one, which is not its own, has stopped.
bool wait_for(const Process& process, State state) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  State now = state_of(process);
  while (now != state && now != State::gone && Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    now = state_of(process);
  }
  return now == state;
}

}  // namespace

base::Status print_status(const std::string& folder) {
  const base::Result<Roster> roster = find_cluster(folder);
  if (!roster.ok()) {
    return roster.status();
  }
  for (std::size_t i = 0; i < roster.value().nodes.size(); ++i) {
    const Roster::Node& node = roster.value().nodes[i];
    fmt::print("node {}  pid {}  {}  {}\n", i, node.process.pid, node.address,
               to_string(state_of(node.process)));
  }
  return {};
}

base::Status end_cluster(const std::string& folder) {
  const base::Result<Roster> roster = find_cluster(folder);
  if (!roster.ok()) {
    return roster.status();
  }
  std::vector<Descriptor> held;
  for (const Roster::Node& node : roster.value().nodes) {
    if (Descriptor process = hold(node.process); process.open()) {
      held.push_back(std::move(process));
    }
  }
  const std::size_t running = held.size();
  for (const Descriptor& process : held) {
    send_signal(process, SIGTERM);
  }
  // The launcher too: it ends when they have.
  if (Descriptor launcher = hold(roster.value().launcher); launcher.open()) {
    held.push_back(std::move(launcher));
  }
  // What is paused would not notice.
  for (const Descriptor& process : held) {
    send_signal(process, SIGCONT);
  }
  if (wait_for(held)) {
    fmt::print("{} nodes have ended\n", running);
    return {};
  }
  for (const Descriptor& process : held) {
    send_signal(process, SIGKILL);
  }
  if (!wait_for(held)) {
    return {base::Code::failed, "the nodes do not end, not even when killed"};
  }
  fmt::print("{} nodes have ended; what was left after {} s was killed\n", running,
             kPatience.count());
  return {};
}

base::Status act_on(const std::string& folder, const std::string& node, Act act) {
  const base::Result<Roster> roster = find_cluster(folder);
  if (!roster.ok()) {
    return roster.status();
  }
  const std::vector<Roster::Node>& nodes = roster.value().nodes;
  const std::optional<std::size_t> index = parse_index(node, nodes.size());
  if (!index) {
    return {base::Code::usage, fmt::format("there is no node \"{}\": this cluster has {} nodes, "
                                           "from 0 on; \"eagre cluster status\" shows them",
                                           node, nodes.size())};
  }
  const Process& process = nodes[*index].process;
  static constexpr int kSignals[] = {SIGKILL, SIGSTOP, SIGCONT};
  static constexpr State kStates[] = {State::gone, State::paused, State::running};
  const auto which = static_cast<std::size_t>(act);
  if (!send_signal(hold(process), kSignals[which])) {
    return {base::Code::failed,
            fmt::format("node {} (pid {}) has ended already", node, process.pid)};
  }
  if (!wait_for(process, kStates[which])) {
    return {base::Code::failed,
            fmt::format("node {} (pid {}) is not {} but {}", node, process.pid,
                        to_string(kStates[which]), to_string(state_of(process)))};
  }
  return {};
}

}  // namespace eagre::tool
